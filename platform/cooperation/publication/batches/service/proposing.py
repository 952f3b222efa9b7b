"""Batches: an officer proposes, another person who is head publishes (reliability 1.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import Permission
from cooperation.audit import service as audit
from cooperation.core.errors import Conflict, Invalid, NotAllowed, NotFound
from cooperation.core.failpoints import reach
from cooperation.core.text import _
from cooperation.editions import service as editions
from cooperation.editions.rules import Edition, Participant
from cooperation.publication import queries
from cooperation.publication.batches.service.candidates import Candidates, find_candidates
from cooperation.publication.batches.service.sealing import publish_items
from cooperation.publication.models import Proposal, ProposalItem
from cooperation.publication.rules import (
    Candidate,
    Item,
    ProposalStatus,
    batch_of,
    content_hash,
    is_still_good,
    publishing_problem,
)
from cooperation.responses import service as responses


class ProposalVoidError(Conflict):
    """The list is not the one that was proposed, or an answer on it has changed since."""

    sentence = _("An answer of this batch has changed since it was proposed. Propose it anew.")


class ProposalClosedError(Conflict):
    """The batch was published or voided before."""

    sentence = _("This proposal is no longer open.")


class SecondPersonNeededError(NotAllowed):
    """Who proposed may not publish."""

    sentence = _("Another person than the one who proposed the batch must publish it.")


@dataclass(frozen=True)
class Batch:
    """A proposal with its exact list. `status` is void once one of its answers has changed."""

    id: str
    edition: str
    number: int
    status: ProposalStatus
    content_hash: bytes
    proposed_by: str
    proposed_at: datetime
    decided_at: datetime | None
    items: tuple[Item, ...]

    @property
    def states(self) -> tuple[str, ...]:
        """The States whose answers it holds, in order."""
        return tuple(sorted({item.state_code for item in self.items}))

    @property
    def fingerprint(self) -> str:
        """The beginning of the hash, to be compared by eye."""
        return self.content_hash.hex()[:16]

    @property
    def questions_by_state(self) -> Mapping[str, tuple[str, ...]]:
        """The questions of each State on the list."""
        return {
            state: tuple(item.question for item in self.items if item.state_code == state)
            for state in self.states
        }


@dataclass(frozen=True)
class ReadyState:
    """What of one State may go into a batch now, and what waits for its release."""

    participant: Participant
    ready: int
    waiting: int


@dataclass(frozen=True)
class Desk:
    """What an officer needs to propose, and a head to publish."""

    edition: Edition
    states: tuple[ReadyState, ...]
    batches: tuple[Batch, ...]

    @property
    def ready(self) -> int:
        """How many answers may go into a batch now."""
        return sum(state.ready for state in self.states)

    @property
    def waiting(self) -> int:
        """How many approved answers wait for their State's release."""
        return sum(state.waiting for state in self.states)

    @property
    def open_batches(self) -> tuple[Batch, ...]:
        """The batches that wait for a head."""
        return tuple(each for each in self.batches if each.status is ProposalStatus.OPEN)


def open_desk(ctx: RequestContext, edition_id: str) -> Desk:
    """Return what is ready, what waits, and all batches of an edition; opens no answer."""
    require(ctx.actor, Permission.PROPOSE_PUBLICATION)
    edition = editions.edition(ctx.session, edition_id)
    candidates = _all_candidates(ctx, edition_id)
    proposals = queries.proposals_of(ctx.session, edition_id)
    batches = _batches(ctx, proposals, candidates)
    free = _free(candidates, batches)
    states = tuple(
        ReadyState(
            participant,
            ready=sum(each.is_ready for each in free.get(participant.state_code, ())),
            waiting=sum(each.is_waiting for each in free.get(participant.state_code, ())),
        )
        for participant in editions.participants(ctx.session, edition_id)
    )
    return Desk(edition, tuple(each for each in states if each.ready or each.waiting), batches)


def find_batch(ctx: RequestContext, proposal_id: str) -> Batch:
    """Return a batch with its list; raises `NotFound`."""
    require(ctx.actor, Permission.PROPOSE_PUBLICATION)
    proposal = _find(ctx, proposal_id)
    candidates: Candidates = {}
    if proposal.status == ProposalStatus.OPEN:
        candidates = _all_candidates(ctx, proposal.edition_id)
    return _batches(ctx, [proposal], candidates)[0]


def propose(ctx: RequestContext, edition_id: str, *, state_codes: Sequence[str]) -> str:
    """Propose all that is ready of these States; return the proposal's id. Raises `Invalid`.

    Batches that have become void are recorded as such on the way.
    """
    require(ctx.actor, Permission.PROPOSE_PUBLICATION)
    edition = editions.edition(ctx.session, edition_id)
    candidates = _all_candidates(ctx, edition_id)
    standing = _batches(ctx, queries.open_proposals(ctx.session, edition_id), candidates)
    for batch in standing:
        if batch.status is ProposalStatus.VOID:
            void_proposal(ctx, _find(ctx, batch.id))
    free = _free(candidates, standing)
    chosen = [each for code in state_codes for each in free.get(code, ())]
    items = batch_of(chosen, frozenset(state_codes))
    if not items:
        sentence = _("Choose at least one State with approved answers.")
        raise Invalid(errors=(("states", sentence),))
    return _store(ctx, edition.id, items)


def withdraw_proposal(ctx: RequestContext, proposal_id: str) -> None:
    """Void an open batch; raises `ProposalClosedError`."""
    require(ctx.actor, Permission.PROPOSE_PUBLICATION)
    proposal = _find(ctx, proposal_id)
    if proposal.status != ProposalStatus.OPEN:
        raise ProposalClosedError
    void_proposal(ctx, proposal)


def publish(ctx: RequestContext, proposal_id: str, *, shown_hash: bytes) -> Batch:
    """Publish the batch that the head saw: seal each answer for the assembly, once and for all.

    Raises `SecondPersonNeededError`, `ProposalClosedError`, `ProposalVoidError`.
    """
    require(ctx.actor, Permission.PUBLISH_ANSWER)
    require_step_up(ctx.actor, Permission.PUBLISH_ANSWER, ctx.now)
    audit.refuse_before_confirmation(ctx.session)
    proposal = _find(ctx, proposal_id)
    _check_person(ctx, proposal)
    candidates = _all_candidates(ctx, proposal.edition_id)
    batch = _batches(ctx, [proposal], candidates)[0]
    computed = content_hash(batch.edition, batch.items)
    if batch.status is ProposalStatus.VOID or not (shown_hash == proposal.content_hash == computed):
        raise ProposalVoidError
    publish_items(ctx, batch.edition, batch.id, batch.items)
    proposal.status = ProposalStatus.PUBLISHED
    proposal.decided_by, proposal.decided_at = ctx.actor.person_id, ctx.now
    ctx.session.flush()
    reach("publication.status_set")
    _log(ctx, "publication.published", batch)
    reach("publication.logged")
    return batch


def void_proposal(ctx: RequestContext, proposal: Proposal) -> None:
    """Record that a batch cannot be published any more."""
    proposal.status = ProposalStatus.VOID
    proposal.decided_by, proposal.decided_at = ctx.actor.person_id, ctx.now
    ctx.session.flush()
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action="publication.voided",
        at=ctx.now,
        edition=proposal.edition_id,
        commitment=proposal.content_hash,
        subject=proposal.id,
    )


def _find(ctx: RequestContext, proposal_id: str) -> Proposal:
    found = ctx.session.get(Proposal, proposal_id)
    if found is None:
        raise NotFound
    return found


def _check_person(ctx: RequestContext, proposal: Proposal) -> None:
    if proposal.status != ProposalStatus.OPEN:
        raise ProposalClosedError
    problem = publishing_problem(
        proposed_by=proposal.proposed_by, person=ctx.actor.person_id, status=ProposalStatus.OPEN
    )
    if problem is not None:
        raise SecondPersonNeededError(problem)


def _all_candidates(ctx: RequestContext, edition_id: str) -> Candidates:
    return find_candidates(ctx, edition_id, responses.submissions_of(ctx, edition_id))


def _batches(
    ctx: RequestContext, proposals: Sequence[Proposal], candidates: Candidates
) -> tuple[Batch, ...]:
    items = queries.items_of(ctx.session, [proposal.id for proposal in proposals])
    return tuple(
        _batch(proposal, tuple(sorted(items[proposal.id])), candidates) for proposal in proposals
    )


def _batch(proposal: Proposal, items: tuple[Item, ...], candidates: Candidates) -> Batch:
    status = ProposalStatus(proposal.status)
    if status is ProposalStatus.OPEN and not all(
        is_still_good(candidates.get(item.key), item, proposal.proposed_at) for item in items
    ):
        status = ProposalStatus.VOID
    return Batch(
        id=proposal.id,
        edition=proposal.edition_id,
        number=proposal.number,
        status=status,
        content_hash=proposal.content_hash,
        proposed_by=proposal.proposed_by,
        proposed_at=proposal.proposed_at,
        decided_at=proposal.decided_at,
        items=items,
    )


def _free(candidates: Candidates, batches: Sequence[Batch]) -> dict[str, list[Candidate]]:
    """Return the candidates that no open batch holds, by State."""
    held = {
        item.key for batch in batches if batch.status is ProposalStatus.OPEN for item in batch.items
    }
    free: dict[str, list[Candidate]] = {}
    for key, candidate in candidates.items():
        if key not in held:
            free.setdefault(key[0], []).append(candidate)
    return free


def _store(ctx: RequestContext, edition_id: str, items: tuple[Item, ...]) -> str:
    proposal = Proposal(
        edition_id=edition_id,
        number=queries.last_number(ctx.session, edition_id) + 1,
        content_hash=content_hash(edition_id, items),
        status=ProposalStatus.OPEN,
        proposed_by=ctx.actor.person_id,
        proposed_at=ctx.now,
    )
    ctx.session.add(proposal)
    ctx.session.flush()
    reach("proposal.stored")
    rows = [{"proposal_id": proposal.id, **vars(item)} for item in items]
    ctx.session.execute(sa.insert(ProposalItem), rows)
    reach("proposal.items_written")
    _log(ctx, "publication.proposed", _batch(proposal, items, {}))
    reach("proposal.logged")
    return proposal.id


def _log(ctx: RequestContext, action: str, batch: Batch) -> None:
    """Write one entry for each State, so that each finds in its own log what went out."""
    for state, questions in batch.questions_by_state.items():
        audit.record(
            ctx.session,
            actor=ctx.actor,
            action=action,
            at=ctx.now,
            edition=batch.edition,
            states=(state,),
            questions=questions,
            commitment=batch.content_hash,
            subject=batch.id,
        )
