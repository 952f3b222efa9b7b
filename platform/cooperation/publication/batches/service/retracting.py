"""Taking back what was published in error: an officer proposes with a reason, a head does it.

Not to be confused with narrowing, which is the State's alone: the answer stays as submitted, the
State is told, and may release it again (reliability 1.5).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.access.predicates import Target
from cooperation.access.rules import Institution, Role
from cooperation.accounts import service as accounts
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.core.db import note_destruction
from cooperation.core.errors import Invalid, NotFound
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
from cooperation.two_persons import service as two_persons
from cooperation.two_persons.rules import Act, ActStatus, ProposedAlreadyError
from cooperation.two_persons.service import ActPage, Scope, TwoPersonAct
from cooperation.vault.encoding import length_prefixed

REASON_CHARACTERS = 400
_KIND, _FIELD = "retraction", "reason"
_TOLD = frozenset({Role.FOCAL_POINT, Role.SIGNATORY})


@dataclass(frozen=True)
class RetractionFacts:
    """What both persons see: which answer, since when it was readable, by how many opened."""

    edition: Edition
    participant: Participant
    question: Question
    published_at: datetime
    institutions: int
    reason: str = ""


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
    acts = two_persons.halves_of(ctx.session, RETRACTING.kind, ctx.now)
    for each in queries.retractions_of(ctx.session, edition_id, state_code):
        is_same = (each.question, each.published_version) == (question_code, row.version)
        if is_same and each.id in acts and acts[each.id].status is ActStatus.WAITING:
            raise ProposedAlreadyError
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
        bundle_id=bundle.id,
        sealed_reason=sealed,
    )
    ctx.session.add(retraction)
    ctx.session.flush()
    reach("retraction.stored")
    shown_hash = _content_hash(row, sealed)
    return two_persons.propose(ctx, RETRACTING, act_id=retraction.id, shown_hash=shown_hash)


def _retract(ctx: RequestContext, act: Act) -> None:
    """Destroy the published record of exactly the answer that another person proposed.

    The State is told; its decision is open again, and it may release the answer once more.
    """
    row = _row(ctx, act)
    key = (row.edition_id, row.state_code, row.question)
    published = ctx.session.get_one(PublishedAnswer, key, with_for_update=True)
    published.sealed = None
    published.retracted_at = ctx.now
    queries.delete_files(ctx.session, row.edition_id, row.state_code, row.question)
    note_destruction(ctx.session)
    reach("retraction.destroyed")
    ctx.session.flush()
    _reopen_decision(ctx, row)
    reach("retraction.decision_reopened")
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action="answer.retracted",
        at=ctx.now,
        edition=row.edition_id,
        states=(row.state_code,),
        questions=(row.question,),
        submission=published.submission_id,
        commitment=act.shown_hash,
        subject=act.id,
    )
    reach("retraction.logged")
    _tell_state(ctx, row)
    reach("retraction.told")


def taken_back(ctx: RequestContext, edition_id: str, state_code: str) -> dict[str, TakenBack]:
    """Return by question what was taken back of a State and is not published again."""
    require(ctx.actor, Permission.READ_OWN_RESPONSE, Target(state_code))
    heads = {
        head.question: head
        for head in queries.published_heads(ctx.session, edition_id, state_code=state_code)
        if head.retracted_at is not None and head.narrowed_at is None
    }
    acts = two_persons.halves_of(ctx.session, RETRACTING.kind, ctx.now)
    found = {}
    for row in queries.retractions_of(ctx.session, edition_id, state_code):
        head, act = heads.get(row.question), acts.get(row.id)
        if head is None or act is None or act.status is not ActStatus.APPROVED:
            continue
        if act.decided_at is not None and act.decided_at == head.retracted_at:
            found[row.question] = TakenBack(act.decided_at, _reason(ctx, row))
    return found


def _published_row(
    ctx: RequestContext, edition_id: str, state_code: str, question_code: str
) -> PublishedAnswer:
    row = ctx.session.get(PublishedAnswer, (edition_id, state_code, question_code))
    if row is None or row.sealed is None or row.status != AnswerStatus.ANSWERED:
        raise NotFound
    return row


def _row(ctx: RequestContext, act: Act) -> Retraction:
    return ctx.session.get_one(Retraction, act.id)


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


def _hash_now(ctx: RequestContext, act: Act) -> bytes:
    row = _row(ctx, act)
    key = (row.edition_id, row.state_code, row.question)
    published = ctx.session.get(PublishedAnswer, key, populate_existing=True)
    if published is None or published.sealed is None or published.version != row.published_version:
        return b""
    return _content_hash(published, row.sealed_reason)


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


def _page(ctx: RequestContext, act: Act) -> ActPage:
    row = _row(ctx, act)
    key = (row.edition_id, row.state_code, row.question)
    facts = _facts(ctx, ctx.session.get_one(PublishedAnswer, key))
    return ActPage(
        RETRACTING.label,
        template="publication/_retraction.html",
        values=replace(facts, reason=_reason(ctx, row)),
    )


def _line(ctx: RequestContext, act: Act) -> Text:
    row = _row(ctx, act)
    return _("Taking back %(code)s of %(state)s", code=row.question, state=row.state_code)


def _scopes(ctx: RequestContext, act: Act) -> tuple[Scope]:
    row = _row(ctx, act)
    return (Scope(row.edition_id, states=(row.state_code,), questions=(row.question,)),)


RETRACTING = TwoPersonAct(
    kind="answer.retraction",
    label=_("Take back a published answer"),
    proposes=Permission.PROPOSE_RETRACTION,
    decides=Permission.RETRACT_ANSWER,
    proposed="retraction.proposed",
    ended=("retraction.voided", "retraction.voided"),
    done=_("Taken back. The State is told, with the reason."),
    page=_page,
    hash_now=_hash_now,
    do=_retract,
    line=_line,
    scopes=_scopes,
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


def _reopen_decision(ctx: RequestContext, row: Retraction) -> None:
    """Let the review of this text be corrected: it was final because it was published."""
    heads = review.decisions(ctx.session, row.edition_id, row.state_code)
    head = heads.get((row.state_code, row.question, row.commitment))
    if head is not None:
        review.reopen_decisions(ctx.session, [head])


def _tell_state(ctx: RequestContext, row: Retraction) -> None:
    """Write to the address of record and to who decides for the State; without content."""
    body = _(
        "The Secretariat has taken back a published answer of your State, because it was "
        "published in error. Nobody reads it any more on the platform; what was read before "
        "cannot be called back.\n\nSign in to read which answer it is and why. Your State decides "
        "whether it is released again:\n\n%(link)s\n",
        link=ctx.settings.link("/our-answers"),
    )
    for address, language in _addresses(ctx, row.state_code).items():
        outbox.queue(
            ctx.session,
            ctx.root,
            to=address,
            subject=_("Notice from the platform on cooperation"),
            body=body,
            language=language,
            now=ctx.now,
            purpose="notice",
            subject_id=row.id,
        )


def _addresses(ctx: RequestContext, state_code: str) -> Mapping[str, str]:
    """Return the language of each address."""
    found = register.address_of_record(ctx.session, ctx.root, state_code)
    people = accounts.people_of(
        ctx.session, ctx.root, institution=Institution.STATE, state=state_code
    )
    told = {each.email: each.language for each in people if each.is_active and each.roles & _TOLD}
    first = {found.email: found.language} if found is not None and found.email else {}
    return first | told
