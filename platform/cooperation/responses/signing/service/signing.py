"""Ready for signature, sign and submit: an immutable, numbered submission with its manifest.

Source: design/vault.md (The workflow is a sequence of grants), design/reliability.md 1.5 and 2.
The draft goes on after a submission; a correction is the next submission.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from cooperation.access.context import RequestContext
from cooperation.access.guard import require_step_up
from cooperation.access.policy import Permission
from cooperation.circles import service as circles
from cooperation.circles.rules import COURT
from cooperation.core.errors import Conflict, Invalid, PasskeyNeeded
from cooperation.core.failpoints import reach
from cooperation.core.text import Text, _
from cooperation.editions import service as editions
from cooperation.editions.rules import Function, Question, is_past_deadline
from cooperation.responses import models, queries
from cooperation.responses.drafting.service.frame import (
    Draft,
    EditionClosedError,
    Frame,
    find_frame,
    open_draft,
)
from cooperation.responses.drafting.service.reopening import draft_hash, end_reopening
from cooperation.responses.drafting.service.writing import flush, log_response
from cooperation.responses.rules import (
    AnswerStatus,
    Audience,
    ConsentSettings,
    Gap,
    ResponseStatus,
    Submission,
    answer_status,
    answers_of,
    audience_of,
    consent_of,
    gaps_in,
    marked_answers,
    sealed_key_hash,
)
from cooperation.responses.signing.service.planning import plan_submission
from cooperation.responses.signing.service.sealing import seal_submission
from cooperation.responses.submitted.service.storage import destroy_removed
from cooperation.responses.submitted.service.submissions import submission_of


class NotReadyError(Conflict):
    """The response is not marked ready, or it changed since the signatory saw it."""

    sentence = _("The response has changed since you read it, or is not ready for signature.")


class NothingNewError(Conflict):
    """The draft is as it was submitted."""

    sentence = _("Nothing has changed since the last submission.")


@dataclass(frozen=True)
class SigningPage:
    """What the signatory sees before she signs.

    `version` binds the signature to what was shown. `sealed` holds by question the audience that
    its answer goes to. `court_fingerprint` names the key that answers for the Court are
    sealed to; `is_court_new` says that it is not that of the last submission.
    """

    frame: Frame
    draft: Draft
    gaps: tuple[Gap, ...]
    consent: ConsentSettings
    sealed: Mapping[str, Audience]
    marked: tuple[tuple[Question, Audience], ...]
    not_asked: int
    unanswered: int
    kept: int
    number: int
    court_fingerprint: str
    is_court_new: bool
    is_late: bool
    previous: Submission | None

    @property
    def audiences(self) -> Mapping[Audience, int]:
        """How many answers go to each audience."""
        return Counter(self.sealed.values())

    def codes_for(self, audience: Audience) -> list[str]:
        """Return the questions whose answers go to an audience, in their order."""
        return [code for code, each in self.sealed.items() if each == audience]

    @property
    def is_ready(self) -> bool:
        """Whether a focal point has marked the response ready."""
        return self.status is ResponseStatus.READY

    @property
    def status(self) -> ResponseStatus:
        """Where the response stands."""
        response = self.frame.response
        return response.status if response else ResponseStatus.NOT_STARTED

    @property
    def version(self) -> int:
        """The version of the response that this page shows."""
        return self.frame.response.version if self.frame.response else 0


def signing_page(ctx: RequestContext, *, edition_id: str) -> SigningPage:
    """Return what is about to be signed; for everybody of the State."""
    frame = find_frame(ctx, edition_id, Permission.READ_OWN_RESPONSE)
    return _state_of(ctx, frame)


def _state_of(ctx: RequestContext, frame: Frame) -> SigningPage:
    draft = open_draft(ctx, frame)
    answers = answers_of(draft.records)
    consent = consent_of(frame.questionnaire, answers)
    statuses = {each.code: answer_status(each, answers) for each in frame.questionnaire.questions}
    narrowed = queries.narrowed_questions(ctx.session, frame.edition.id, frame.state_code)
    marked = marked_answers(frame.questionnaire, draft.records, narrowed=narrowed)
    previous = queries.latest_submission(
        ctx.session, frame.state_code, frame.edition.id, *frame.earlier
    )
    of_edition = previous if previous and previous.edition_id == frame.edition.id else None
    typed = (each for each in frame.questionnaire.questions if not each.derived)
    counted = Counter(statuses[each.code] for each in typed)
    return SigningPage(
        frame=frame,
        draft=draft,
        gaps=gaps_in(frame.questionnaire.questions, answers),
        consent=consent,
        sealed={
            each.code: audience_of(each, draft.record(each.code).mark, consent, narrowed=narrowed)
            for each in frame.questionnaire.questions
            if _will_be_answered(each, statuses[each.code], has_marks=bool(marked))
        },
        marked=marked,
        not_asked=counted[AnswerStatus.NOT_ASKED],
        unanswered=counted[AnswerStatus.NO_ANSWER],
        kept=sum(record.is_kept for record in draft.records.values()),
        number=of_edition.number + 1 if of_edition else 1,
        court_fingerprint=circles.fingerprint(ctx.session, COURT),
        is_court_new=_is_court_new(ctx, previous),
        is_late=is_past_deadline(frame.edition, ctx.now),
        previous=submission_of(of_edition) if of_edition else None,
    )


def _will_be_answered(question: Question, status: AnswerStatus, *, has_marks: bool) -> bool:
    """Tell whether the submission will hold an answer; signing fills in what is derived."""
    if question.function is Function.MARKED_ANSWERS:
        return has_marks
    return question.derived or status is AnswerStatus.ANSWERED


def _is_court_new(ctx: RequestContext, previous: models.Submission | None) -> bool:
    if previous is None:
        return False
    before = sealed_key_hash(json.loads(previous.manifest), COURT)
    now = circles.circle_versions(ctx, (COURT,))[0].key_hash.hex()
    return before is not None and before != now


def mark_ready(ctx: RequestContext, *, edition_id: str) -> None:
    """Hand the response to the signatory; raises `Invalid` with the gaps, `NothingNewError`."""
    frame = find_frame(ctx, edition_id, Permission.MARK_READY, for_writing=True)
    response = frame.begun_row
    if response.status != ResponseStatus.DRAFTING:
        raise NothingNewError
    _refuse_gaps(_gaps_of(ctx, frame))
    response.status = ResponseStatus.READY
    response.ready_at, response.ready_by = ctx.now, ctx.actor.person_id
    response.ready_hash = draft_hash(ctx, frame)
    end_reopening(ctx, response)
    destroy_removed(ctx.session, response.bundle_id)
    flush(ctx)
    reach("readying.bound")
    log_response(ctx, response, "response.readied")
    reach("readying.logged")


def _gaps_of(ctx: RequestContext, frame: Frame) -> tuple[Gap, ...]:
    answers = answers_of(open_draft(ctx, frame).records)
    return gaps_in(frame.questionnaire.questions, answers)


def _refuse_gaps(gaps: tuple[Gap, ...]) -> None:
    if gaps:
        sentence = _("Required answers are missing.")
        raise Invalid(sentence, errors=tuple((gap.field, gap.sentence) for gap in gaps))


def submit_response(
    ctx: RequestContext,
    *,
    edition_id: str,
    version: int,
    is_declared: bool,
    is_court_confirmed: bool = False,
) -> Submission:
    """Sign the response as it stands and submit it; `version` is that of the page she read.

    For a signatory without passkeys, where the instance takes codes; everybody else approves the
    root itself (`approving`). Raises `StepUpNeeded`, `NotReadyError`, `EditionClosedError`;
    `Invalid` for gaps, a missing declaration, or a key of the Court that changed and was not
    confirmed.
    """
    frame = find_frame(ctx, edition_id, Permission.SUBMIT_RESPONSE, for_writing=True)
    if signs_with_passkey(ctx):
        raise PasskeyNeeded
    require_step_up(ctx.actor, Permission.SUBMIT_RESPONSE, ctx.now)
    state = fit_state(
        ctx, frame, version=version, is_declared=is_declared, is_court_confirmed=is_court_confirmed
    )
    plan = plan_submission(ctx, frame, state.draft, previous=state.previous)
    submission = seal_submission(ctx, frame, state.draft, plan)
    note_submitted(ctx, frame)
    return submission


def note_submitted(ctx: RequestContext, frame: Frame) -> None:
    """Say on the response that it is submitted: the last step of either way to sign."""
    frame.begun_row.status = ResponseStatus.SUBMITTED
    flush(ctx)
    reach("submission.status_set")


def signs_with_passkey(ctx: RequestContext) -> bool:
    """Tell whether this signatory approves with a passkey: always, but in demonstrations."""
    return bool(ctx.reader.passkeys) or not ctx.settings.totp_step_up


def fit_state(
    ctx: RequestContext,
    frame: Frame,
    *,
    version: int,
    is_declared: bool,
    is_court_confirmed: bool,
) -> SigningPage:
    """Return what is to be signed, if it may be; nobody closes the edition meanwhile.

    Raises `NotReadyError`, `EditionClosedError`, `Invalid`.
    """
    response = frame.begun_row
    if response.status != ResponseStatus.READY or response.version != version:
        raise NotReadyError
    if not editions.is_held_open(ctx.session, frame.edition.id):
        raise EditionClosedError
    if response.ready_hash != draft_hash(ctx, frame):
        raise NotReadyError
    state = _state_of(ctx, frame)
    _refuse_gaps(state.gaps)
    _refuse_undeclared(state, is_declared=is_declared, is_court_confirmed=is_court_confirmed)
    return state


def _refuse_undeclared(state: SigningPage, *, is_declared: bool, is_court_confirmed: bool) -> None:
    errors: list[tuple[str, Text]] = []
    if not is_declared:
        errors.append(("declared", _("Tick the declaration to sign.")))
    if state.is_court_new and not is_court_confirmed:
        errors.append(("court_confirmed", _("Confirm that you have checked the Court's new key.")))
    if errors:
        raise Invalid(errors=tuple(errors))
