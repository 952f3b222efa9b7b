"""Batches: an officer proposes, another person who is head publishes (reliability 1.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.audit import service as audit
from cooperation.core.errors import Invalid
from cooperation.core.failpoints import reach
from cooperation.core.text import Text, _
from cooperation.editions import service as editions
from cooperation.editions.rules import Edition, Participant
from cooperation.publication import queries
from cooperation.publication.batches.service.candidates import Candidates, find_candidates
from cooperation.publication.batches.service.sealing import publish_items
from cooperation.publication.models import Proposal, ProposalItem
from cooperation.publication.rules import (
    PUBLICATION,
    Candidate,
    Item,
    batch_of,
    content_hash,
    is_still_good,
)
from cooperation.responses import service as responses
from cooperation.two_persons import service as two_persons
from cooperation.two_persons.rules import Act, ActStatus
from cooperation.two_persons.service import ActPage, Halves, Scope, TwoPersonAct


@dataclass(frozen=True)
class Batch:
    """A proposal with its exact list. `status` is void once one of its answers has changed."""

    id: str
    edition: str
    number: int
    status: ActStatus
    proposed_at: datetime
    decided_at: datetime | None
    items: tuple[Item, ...]

    @property
    def states(self) -> tuple[str, ...]:
        """The States whose answers it holds, in order."""
        return tuple(sorted({item.state_code for item in self.items}))

    @property
    def questions_by_state(self) -> Mapping[str, tuple[str, ...]]:
        """The questions of each State on the list."""
        return {
            state: tuple(item.question for item in self.items if item.state_code == state)
            for state in self.states
        }


@dataclass(frozen=True)
class BatchPage:
    """A batch with the names of its States, for the page of the act."""

    edition: Edition
    batch: Batch
    names: Mapping[str, str]


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
        return tuple(each for each in self.batches if each.status is ActStatus.WAITING)


def find_desk(ctx: RequestContext, edition_id: str) -> Desk:
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


def propose(ctx: RequestContext, edition_id: str, *, state_codes: Sequence[str]) -> str:
    """Propose all that is ready of these States; return the proposal's id. Raises `Invalid`.

    Batches that have become void are recorded as such on the way.
    """
    require(ctx.actor, Permission.PROPOSE_PUBLICATION)
    edition = editions.edition(ctx.session, edition_id)
    candidates = _all_candidates(ctx, edition_id)
    standing = _batches(ctx, queries.proposals_of(ctx.session, edition_id), candidates)
    for batch in standing:
        if batch.status is ActStatus.VOID:
            void_batch(ctx, edition_id, batch.id)
    free = _free(candidates, standing)
    chosen = [each for code in state_codes for each in free.get(code, ())]
    items = batch_of(chosen, frozenset(state_codes))
    if not items:
        sentence = _("Choose at least one State with approved answers.")
        raise Invalid(errors=(("states", sentence),))
    return _store(ctx, edition.id, items)


def void_batch(ctx: RequestContext, edition_id: str, batch_id: str) -> None:
    """Record that a batch cannot be published any more, if it waits."""
    if two_persons.end(ctx.session, ctx.now, act_id=batch_id, by=ctx.actor.person_id):
        audit.record(
            ctx.session,
            actor=ctx.actor,
            action="publication.voided",
            at=ctx.now,
            edition=edition_id,
            subject=batch_id,
        )


def _publish(ctx: RequestContext, act: Act) -> None:
    """Publish the batch that the head saw: seal each answer for the assembly, once and for all."""
    audit.refuse_before_confirmation(ctx.session)
    proposal, items = _content(ctx, act)
    publish_items(ctx, proposal.edition_id, act.id, items)
    for scope in _scopes(ctx, act):
        audit.record(
            ctx.session,
            actor=ctx.actor,
            action="publication.published",
            at=ctx.now,
            edition=scope.edition,
            states=scope.states,
            questions=scope.questions,
            commitment=act.shown_hash,
            subject=act.id,
        )
    reach("publication.logged")


def _content(ctx: RequestContext, act: Act) -> tuple[Proposal, tuple[Item, ...]]:
    proposal = ctx.session.get_one(Proposal, act.id)
    return proposal, tuple(sorted(queries.items_of(ctx.session, [act.id])[act.id]))


def _hash_now(ctx: RequestContext, act: Act) -> bytes:
    """Return the hash of the list as long as each of its answers may still be published so."""
    proposal, items = _content(ctx, act)
    states = {item.state_code for item in items}
    submissions = responses.submissions_of(ctx, proposal.edition_id)
    concerned = [each for each in submissions if each.state_code in states]
    candidates = find_candidates(ctx, proposal.edition_id, concerned)
    are_good = all(is_still_good(candidates.get(each.key), each, act.proposed_at) for each in items)
    return content_hash(proposal.edition_id, items) if are_good else b""


def _page(ctx: RequestContext, act: Act) -> ActPage:
    proposal, items = _content(ctx, act)
    edition = editions.edition(ctx.session, proposal.edition_id)
    names = {each.state_code: each.name for each in editions.participants(ctx.session, edition.id)}
    halves = Halves(act.status, act.proposed_by, act.proposed_at, act.decided_by, act.decided_at)
    sentence = _(
        "All States Parties, the Court and the co-facilitators read these answers from now on. "
        "Only the State concerned can narrow them."
    )
    return ActPage(
        _("Publish batch %(number)s", number=proposal.number),
        warning=(_("Publishing cannot be undone by the Secretariat"), sentence),
        template="publication/_batch.html",
        values=BatchPage(edition, _batch(proposal, items, halves, None), names),
    )


def _line(ctx: RequestContext, act: Act) -> Text:
    number = ctx.session.get_one(Proposal, act.id).number
    return _("Publish batch %(number)s", number=number)


def _scopes(ctx: RequestContext, act: Act) -> list[Scope]:
    """Write one entry for each State, so that each finds in its own log what went out."""
    proposal, items = _content(ctx, act)
    questions: dict[str, list[str]] = {}
    for item in items:
        questions.setdefault(item.state_code, []).append(item.question)
    return [
        Scope(proposal.edition_id, states=(state,), questions=tuple(codes))
        for state, codes in questions.items()
    ]


PUBLISHING = TwoPersonAct(
    kind=PUBLICATION,
    label=_("Publish a batch"),
    proposes=Permission.PROPOSE_PUBLICATION,
    decides=Permission.PUBLISH_ANSWER,
    proposed="publication.proposed",
    ended=("publication.voided", "publication.voided"),
    done=_("Published. All readers find these answers from now on."),
    page=_page,
    hash_now=_hash_now,
    do=_publish,
    line=_line,
    scopes=_scopes,
    life=None,
)


def _all_candidates(ctx: RequestContext, edition_id: str) -> Candidates:
    return find_candidates(ctx, edition_id, responses.submissions_of(ctx, edition_id))


def _batches(
    ctx: RequestContext, proposals: Sequence[Proposal], candidates: Candidates
) -> tuple[Batch, ...]:
    items = queries.items_of(ctx.session, [proposal.id for proposal in proposals])
    acts = two_persons.halves_of(ctx.session, PUBLISHING.kind, ctx.now)
    return tuple(
        _batch(each, tuple(sorted(items[each.id])), acts[each.id], candidates) for each in proposals
    )


def _batch(
    proposal: Proposal, items: tuple[Item, ...], halves: Halves, candidates: Candidates | None
) -> Batch:
    """Return a batch; void where it waits and one of its candidates is not what it was."""
    status = halves.status
    if status is ActStatus.WAITING and candidates is not None:
        found = ((candidates.get(item.key), item) for item in items)
        if not all(is_still_good(*each, halves.proposed_at) for each in found):
            status = ActStatus.VOID
    return Batch(
        id=proposal.id,
        edition=proposal.edition_id,
        number=proposal.number,
        status=status,
        proposed_at=halves.proposed_at,
        decided_at=halves.decided_at,
        items=items,
    )


def _free(candidates: Candidates, batches: Sequence[Batch]) -> dict[str, list[Candidate]]:
    """Return the candidates that no open batch holds, by State."""
    held = {
        item.key for batch in batches if batch.status is ActStatus.WAITING for item in batch.items
    }
    free: dict[str, list[Candidate]] = {}
    for key, candidate in candidates.items():
        if key not in held:
            free.setdefault(key[0], []).append(candidate)
    return free


def _store(ctx: RequestContext, edition_id: str, items: tuple[Item, ...]) -> str:
    number = queries.last_number(ctx.session, edition_id) + 1
    proposal = Proposal(edition_id=edition_id, number=number)
    ctx.session.add(proposal)
    ctx.session.flush()
    reach("proposal.stored")
    rows = [{"proposal_id": proposal.id, **vars(item)} for item in items]
    ctx.session.execute(sa.insert(ProposalItem), rows)
    reach("proposal.items_written")
    shown_hash = content_hash(edition_id, items)
    two_persons.propose(ctx, PUBLISHING, act_id=proposal.id, shown_hash=shown_hash)
    reach("proposal.logged")
    return proposal.id
