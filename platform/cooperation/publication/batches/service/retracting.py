"""Taking back what was published in error: an officer proposes with a reason, a head does it.

Not to be confused with narrowing, which is the State's alone: the answer stays as submitted, the
State is told, and may release it again (reliability 1.5).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import Permission
from cooperation.access.predicates import Target
from cooperation.access.rules import Institution, Role
from cooperation.accounts import service as accounts
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.core.db import note_destruction
from cooperation.core.errors import Conflict, Invalid, NotAllowed, NotFound
from cooperation.core.failpoints import reach
from cooperation.core.text import Text, _
from cooperation.editions import service as editions
from cooperation.editions.rules import Edition, Participant, Question
from cooperation.outbox import service as outbox
from cooperation.publication import queries
from cooperation.publication.batches.service.openings import count_institutions
from cooperation.publication.models import PublishedAnswer, Retraction
from cooperation.publication.rules import readings_of
from cooperation.register import service as register
from cooperation.responses.rules import AnswerStatus, Audience
from cooperation.review import service as review
from cooperation.vault.encoding import length_prefixed

REASON_CHARACTERS = 400
_KIND, _FIELD = "retraction", "reason"
_TOLD = frozenset({Role.FOCAL_POINT, Role.SIGNATORY})


class RetractionStatus(StrEnum):
    """Where a proposal to take back stands."""

    OPEN = "open"
    DONE = "done"
    VOID = "void"

    @property
    def label(self) -> Text:
        """The status in words."""
        return {
            "open": _("Waiting for a second person"),
            "done": _("Taken back"),
            "void": _("Refused, withdrawn or overtaken"),
        }[self.value]

    @property
    def tag(self) -> str:
        """The kind of status tag that shows it."""
        return {"open": "progress", "done": "done", "void": "neutral"}[self.value]


class RetractionClosedError(Conflict):
    """The proposal was decided, or the answer is no longer published as it was."""

    sentence = _("This answer is not published any more as it was then. Nothing was done.")


class RetractionWaitsError(Conflict):
    """A colleague was first."""

    sentence = _("A colleague has proposed already to take this answer back.")


class OwnRetractionError(NotAllowed):
    """Who proposed may not do it."""

    sentence = _("You proposed to take it back yourself: another person, who is head, does it.")


@dataclass(frozen=True)
class RetractionFacts:
    """What both persons see: which answer, since when it was readable, by how many opened."""

    edition: Edition
    participant: Participant
    question: Question
    published_at: datetime
    institutions: int


@dataclass(frozen=True)
class RetractionView:
    """A proposal to take back, with its first half."""

    id: str
    facts: RetractionFacts
    status: RetractionStatus
    reason: str
    content_hash: bytes
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether a head may still do it."""
        return self.status is RetractionStatus.OPEN

    @property
    def fingerprint(self) -> str:
        """The beginning of the hash, to be compared by eye."""
        return self.content_hash.hex()[:16]


@dataclass(frozen=True)
class WaitingRetraction:
    """A proposal to take back in a list."""

    id: str
    state_code: str
    question: str
    proposed_by: str


@dataclass(frozen=True)
class TakenBack:
    """What its State reads of an answer that was taken back."""

    at: datetime
    reason: str


def retraction_facts(
    ctx: RequestContext, edition_id: str, state_code: str, question_code: str
) -> RetractionFacts:
    """Return what is said before a proposal; raises `NotFound` where nothing is published."""
    require(ctx.actor, Permission.PROPOSE_RETRACTION)
    return _facts(ctx, _published_row(ctx, edition_id, state_code, question_code))


def propose_retraction(
    ctx: RequestContext, edition_id: str, state_code: str, question_code: str, *, reason: str
) -> str:
    """Propose to take an answer back; return the proposal's id. Raises `Invalid` (reason)."""
    require(ctx.actor, Permission.PROPOSE_RETRACTION)
    row = _published_row(ctx, edition_id, state_code, question_code)
    text = reason.strip()
    if not text or len(text) > REASON_CHARACTERS:
        sentence = _("Say what the error was, in at most 400 characters. The State reads it.")
        raise Invalid(errors=(("reason", sentence),))
    audit.wait_for_turn(ctx.session)
    if queries.open_retraction(ctx.session, edition_id, state_code, question_code) is not None:
        raise RetractionWaitsError
    bundle = review.thread_bundle(ctx, edition_id, state_code)
    sealed = bundle.seal(
        kind=_KIND, code=question_code, version=row.version, field=_FIELD, content=text.encode()
    )
    retraction = Retraction(
        edition_id=edition_id,
        state_code=state_code,
        question=question_code,
        commitment=row.commitment,
        published_version=row.version,
        content_hash=_content_hash(row, sealed),
        bundle_id=bundle.id,
        sealed_reason=sealed,
        status=RetractionStatus.OPEN,
        proposed_by=ctx.actor.person_id,
        proposed_at=ctx.now,
    )
    ctx.session.add(retraction)
    ctx.session.flush()
    reach("retraction.stored")
    _log(ctx, "retraction.proposed", retraction)
    return retraction.id


def open_retractions(ctx: RequestContext, edition_id: str) -> list[WaitingRetraction]:
    """Return the proposals to take back that wait for a head, oldest first; opens nothing."""
    require(ctx.actor, Permission.PROPOSE_RETRACTION)
    return [
        WaitingRetraction(row.id, row.state_code, row.question, row.proposed_by)
        for row in queries.open_retractions(ctx.session, edition_id)
    ]


def find_retraction(ctx: RequestContext, retraction_id: str) -> RetractionView:
    """Return a proposal to take back; raises `NotFound`."""
    require(ctx.actor, Permission.PROPOSE_RETRACTION)
    return _view(ctx, _row(ctx, retraction_id))


def void_retraction(ctx: RequestContext, retraction_id: str) -> None:
    """Withdraw one's own proposal or refuse a colleague's: the answer stays published."""
    require(ctx.actor, Permission.PROPOSE_RETRACTION)
    row = _row(ctx, retraction_id)
    if row.status != RetractionStatus.OPEN:
        raise RetractionClosedError
    _decide(ctx, row, RetractionStatus.VOID)
    _log(ctx, "retraction.voided", row)


def retract(ctx: RequestContext, retraction_id: str, *, shown_hash: bytes) -> RetractionView:
    """Destroy the published record of exactly the answer that another person proposed.

    The State is told; its decision is open again, and it may release the answer once more. Raises
    `OwnRetractionError`, `RetractionClosedError`.
    """
    require(ctx.actor, Permission.RETRACT_ANSWER)
    require_step_up(ctx.actor, Permission.RETRACT_ANSWER, ctx.now)
    row = _row(ctx, retraction_id)
    if row.status != RetractionStatus.OPEN:
        raise RetractionClosedError
    if row.proposed_by == ctx.actor.person_id:
        raise OwnRetractionError
    published = ctx.session.get(
        PublishedAnswer, (row.edition_id, row.state_code, row.question), with_for_update=True
    )
    if published is None or not _is_exact(row, published) or shown_hash != row.content_hash:
        raise RetractionClosedError
    published.sealed = None
    published.retracted_at = ctx.now
    queries.delete_files(ctx.session, row.edition_id, row.state_code, row.question)
    note_destruction(ctx.session)
    reach("retraction.destroyed")
    _decide(ctx, row, RetractionStatus.DONE)
    _reopen_decision(ctx, row)
    reach("retraction.decision_reopened")
    _log(ctx, "answer.retracted", row, submission=published.submission_id)
    reach("retraction.logged")
    _tell_state(ctx, row)
    reach("retraction.told")
    return _view(ctx, row)


def taken_back(ctx: RequestContext, edition_id: str, state_code: str) -> dict[str, TakenBack]:
    """Return by question what was taken back of a State and is not published again."""
    require(ctx.actor, Permission.READ_OWN_RESPONSE, Target(state_code))
    heads = {
        head.question: head
        for head in queries.published_heads(ctx.session, edition_id, state_code=state_code)
        if head.retracted_at is not None and head.narrowed_at is None
    }
    rows = queries.done_retractions(ctx.session, edition_id, state_code)
    return {
        row.question: TakenBack(row.decided_at, _reason(ctx, row))
        for row in rows
        if row.question in heads
        and row.decided_at is not None
        and row.decided_at == heads[row.question].retracted_at
    }


def _published_row(
    ctx: RequestContext, edition_id: str, state_code: str, question_code: str
) -> PublishedAnswer:
    row = ctx.session.get(PublishedAnswer, (edition_id, state_code, question_code))
    if row is None or row.sealed is None or row.status != AnswerStatus.ANSWERED:
        raise NotFound
    return row


def _row(ctx: RequestContext, retraction_id: str) -> Retraction:
    row = ctx.session.scalar(
        sa.select(Retraction).where(Retraction.id == retraction_id).with_for_update()
    )
    if row is None:
        raise NotFound
    return row


def _content_hash(published: PublishedAnswer, sealed_reason: bytes) -> bytes:
    """Return what binds both halves: which published record, and the reason the State reads."""
    fields = (
        "retraction/1",
        published.edition_id,
        published.state_code,
        published.question,
        published.submission_id,
        published.commitment,
        published.version,
        sha256(sealed_reason).digest(),
    )
    return sha256(length_prefixed(*fields)).digest()


def _is_exact(row: Retraction, published: PublishedAnswer) -> bool:
    is_same = published.sealed is not None and published.version == row.published_version
    return is_same and _content_hash(published, row.sealed_reason) == row.content_hash


def _facts(ctx: RequestContext, row: PublishedAnswer) -> RetractionFacts:
    participants = editions.participants(ctx.session, row.edition_id)
    questionnaire = editions.questionnaire(ctx.session, row.edition_id)
    return RetractionFacts(
        edition=editions.edition(ctx.session, row.edition_id),
        participant=next(each for each in participants if each.state_code == row.state_code),
        question=questionnaire.question(row.question),
        published_at=row.published_at,
        institutions=count_institutions(
            ctx,
            row.edition_id,
            row.state_code,
            row.question,
            row.published_at,
            readings_of(Audience.STATES, is_published=True),
        ),
    )


def _view(ctx: RequestContext, row: Retraction) -> RetractionView:
    published = ctx.session.get_one(PublishedAnswer, (row.edition_id, row.state_code, row.question))
    status = RetractionStatus(row.status)
    if status is RetractionStatus.OPEN and not _is_exact(row, published):
        status = RetractionStatus.VOID
    return RetractionView(
        id=row.id,
        facts=_facts(ctx, published),
        status=status,
        reason=_reason(ctx, row),
        content_hash=row.content_hash,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )


def _reason(ctx: RequestContext, row: Retraction) -> str:
    bundle = circles.open_bundle(ctx, row.bundle_id)
    content = bundle.open(
        row.sealed_reason,
        kind=_KIND,
        code=row.question,
        version=row.published_version,
        field=_FIELD,
    )
    return content.decode()


def _decide(ctx: RequestContext, row: Retraction, status: RetractionStatus) -> None:
    row.status = status
    row.decided_by, row.decided_at = ctx.actor.person_id, ctx.now
    ctx.session.flush()


def _reopen_decision(ctx: RequestContext, row: Retraction) -> None:
    """Let the review of this text be corrected: it was final because it was published."""
    heads = review.decisions(ctx.session, row.edition_id, row.state_code)
    head = heads.get((row.state_code, row.question, row.commitment))
    if head is not None:
        review.reopen_decisions(ctx.session, [head])


def _log(
    ctx: RequestContext, action: str, row: Retraction, *, submission: str | None = None
) -> None:
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action=action,
        at=ctx.now,
        edition=row.edition_id,
        states=(row.state_code,),
        questions=(row.question,),
        submission=submission,
        commitment=row.content_hash,
        subject=row.id,
    )


def _tell_state(ctx: RequestContext, row: Retraction) -> None:
    """Write to the address of record and to who decides for the State; without content."""
    body = _(
        "The Secretariat has taken back a published answer of your State, because it was "
        "published in error. Nobody reads it any more on the platform; what was read before "
        "cannot be called back.\n\nSign in to read which answer it is and why. Your State decides "
        "whether it is released again:\n\n%(link)s\n",
        link=f"{ctx.settings.base_url}/our-answers",
    )
    for address in _addresses(ctx, row.state_code):
        outbox.queue(
            ctx.session,
            ctx.root,
            to=address,
            subject=_("Notice from the platform on cooperation"),
            body=str(body),
            now=ctx.now,
            purpose="notice",
            subject_id=row.id,
        )


def _addresses(ctx: RequestContext, state_code: str) -> Sequence[str]:
    found = register.address_of_record(ctx.session, ctx.root, state_code)
    people = accounts.people_of(
        ctx.session, ctx.root, institution=Institution.STATE, state=state_code
    )
    told = [each.email for each in people if each.is_active and each.roles & _TOLD]
    first = [found.email] if found is not None and found.email else []
    return tuple(dict.fromkeys((*first, *told)))
