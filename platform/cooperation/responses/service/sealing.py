"""The sealing of a submission: up to three bundles, one record for every question, the manifest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.accounts import service as accounts
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.circles.rules import COURT, SECRETARIAT, BundleKind, state_circle
from cooperation.circles.service import OpenBundle
from cooperation.core.ids import new_id
from cooperation.editions import service as editions
from cooperation.editions.rules import BLANK, Answer, Question, canonical, is_past_deadline
from cooperation.responses import models, queries
from cooperation.responses.rules import (
    AnswerStatus,
    Audience,
    ConsentSettings,
    DraftRecord,
    Manifest,
    ManifestAnswer,
    OpenedAnswer,
    SealedTo,
    SigningFacts,
    Submission,
    SubmittedAnswer,
    answer_status,
    answers_of,
    audience_of,
    consent_of,
    root_leaves,
    with_derived,
)
from cooperation.responses.service.frame import Draft, Frame
from cooperation.responses.service.records import ANSWER_FIELD, SUBMITTED_KIND, submitted_bytes
from cooperation.responses.service.storage import copy_files
from cooperation.responses.service.submissions import open_rows, submission_of
from cooperation.vault.commitment import commit, new_salt
from cooperation.vault.encoding import canonical_json
from cooperation.vault.merkle import leaf_hash, root_of

KIND_OF: dict[Audience, BundleKind] = {
    Audience.STATES: BundleKind.SUBMITTED_STATES,
    Audience.RESTRICTED: BundleKind.SUBMITTED_RESTRICTED,
    Audience.COURT: BundleKind.SUBMITTED_COURT,
}


def circles_of(audience: Audience, state_code: str) -> tuple[str, ...]:
    """Return the circles that a submission's bundle is granted to, by its audience."""
    own = state_circle(state_code)
    if audience is Audience.STATES:
        return (own, SECRETARIAT)
    if audience is Audience.RESTRICTED:
        return (own, SECRETARIAT, COURT)
    return (own, COURT)


@dataclass(frozen=True)
class _Prepared:
    question: Question
    answer: Answer
    audience: Audience
    status: AnswerStatus
    opened: OpenedAnswer
    commitment: bytes
    narrowed_at: datetime | None


@dataclass(frozen=True)
class _Before:
    """What the last submission of the same edition said of a question."""

    row: SubmittedAnswer
    opened: OpenedAnswer


@dataclass(frozen=True)
class _History:
    """The edition so far: the last submission's answers, and what the State narrowed in any."""

    last: Mapping[str, _Before]
    narrowed: Mapping[str, datetime]


def seal_submission(
    ctx: RequestContext, frame: Frame, draft: Draft, *, previous: Submission | None
) -> Submission:
    """Seal, sign and keep a submission of the draft as it stands; the caller has judged it fit."""
    history = _history(ctx, frame, previous)
    facts = _facts(ctx, frame, history)
    records = with_derived(frame.questionnaire, draft.records, facts)
    consent = consent_of(answers_of(records))
    prepared = _prepare(frame, records, consent, history)
    bundles = _make_bundles(ctx, frame, prepared)
    commitments = [each.commitment for each in prepared]
    leaves = root_leaves(frame.edition.id, frame.questionnaire.content_hash, commitments)
    root = root_of([leaf_hash(leaf) for leaf in leaves])
    manifest = _manifest(ctx, frame, prepared, consent, previous, root)
    row = _write_submission(ctx, frame, manifest)
    _write_answers(ctx, row, prepared, bundles)
    _copy_files(ctx, frame, draft, prepared, bundles)
    submission = submission_of(row)
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action=submission.log_action,
        at=ctx.now,
        edition=frame.edition.id,
        states=(frame.state_code,),
        submission=row.id,
        version=row.number,
        commitment=root,
    )
    return submission


def _facts(ctx: RequestContext, frame: Frame, history: _History) -> SigningFacts:
    participants = editions.participants(ctx.session, frame.edition.id)
    names = {each.state_code: each.name for each in participants}
    signatory = accounts.person_name(ctx.session, ctx.root, ctx.actor.person_id)
    narrowed = frozenset(history.narrowed)
    return SigningFacts(names[frame.state_code], signatory, ctx.now.date(), narrowed)


def _history(ctx: RequestContext, frame: Frame, previous: Submission | None) -> _History:
    if previous is None:
        return _History({}, {})
    found = queries.answer_rows(ctx.session, (previous.id,))
    bundles = circles.open_left(ctx, sorted({row.bundle_id for row in found}))
    rows = [row for row in found if row.bundle_id in bundles]
    pairs = zip(rows, open_rows(bundles, rows), strict=True)
    return _History(
        last={row.question: _Before(row, answer) for row, answer in pairs},
        narrowed=queries.narrowed_questions(ctx.session, frame.edition.id, frame.state_code),
    )


def _prepare(
    frame: Frame,
    records: Mapping[str, DraftRecord],
    consent: ConsentSettings,
    history: _History,
) -> list[_Prepared]:
    answers = answers_of(records)
    prepared: list[_Prepared] = []
    for question in frame.questionnaire.questions:
        record = records.get(question.code, DraftRecord())
        status = answer_status(question, answers)
        answer = BLANK if status is AnswerStatus.NOT_ASKED else record.answer
        audience = audience_of(question, record.mark, consent, narrowed=history.narrowed)
        last = history.last.get(question.code)
        opened = _opened(frame.edition.id, record, canonical(answer), audience, last)
        commitment = commit(opened.canonical, opened.salt)
        prepared.append(
            _Prepared(
                question,
                answer,
                audience,
                status,
                opened,
                commitment,
                history.narrowed.get(question.code),
            )
        )
    return prepared


def _opened(
    edition_id: str,
    record: DraftRecord,
    content: bytes,
    audience: Audience,
    last: _Before | None,
) -> OpenedAnswer:
    """Return the answer with its salt: the old one where text and audience are those of before."""
    if last is not None and last.opened.canonical == content and last.row.audience == audience:
        return last.opened
    origin = record.origin
    if origin is None or content != canonical(record.answer):
        return OpenedAnswer(content, new_salt(), edition_id)
    salt = origin.salt if origin.audience is audience else new_salt()
    return OpenedAnswer(content, salt, origin.changed_in)


def _make_bundles(
    ctx: RequestContext, frame: Frame, prepared: Sequence[_Prepared]
) -> dict[Audience, OpenBundle]:
    used = {each.audience for each in prepared}
    return {
        audience: circles.create_bundle(
            ctx,
            kind=KIND_OF[audience],
            edition=frame.edition.id,
            state=frame.state_code,
            circles=circles_of(audience, frame.state_code),
        )
        for audience in Audience
        if audience in used
    }


def _manifest(
    ctx: RequestContext,
    frame: Frame,
    prepared: Sequence[_Prepared],
    consent: ConsentSettings,
    previous: Submission | None,
    root: bytes,
) -> Manifest:
    used = {each.audience for each in prepared}
    names = {name for each in used for name in circles_of(each, frame.state_code)}
    versions = circles.circle_versions(ctx, tuple(sorted(names)))
    return Manifest(
        edition=frame.edition.id,
        questionnaire_hash=frame.questionnaire.content_hash,
        state_code=frame.state_code,
        number=previous.number + 1 if previous else 1,
        submitted_at=ctx.now,
        is_late=is_past_deadline(frame.edition, ctx.now),
        submitted_by=ctx.actor.person_id,
        prepared_by=frame.begun.ready_by or ctx.actor.person_id,
        settings=consent,
        answers=tuple(
            ManifestAnswer(each.question.code, each.audience, each.status, each.commitment)
            for each in prepared
        ),
        circles=tuple(SealedTo(each.name, each.version, each.key_hash) for each in versions),
        root=root,
        supersedes=previous.root if previous else None,
    )


def _write_submission(ctx: RequestContext, frame: Frame, manifest: Manifest) -> models.Submission:
    signed = canonical_json(manifest.members())
    row = models.Submission(
        id=new_id(),
        response_id=frame.begun.id,
        edition_id=manifest.edition,
        state_code=manifest.state_code,
        number=manifest.number,
        submitted_at=manifest.submitted_at,
        is_late=manifest.is_late,
        submitted_by=manifest.submitted_by,
        prepared_by=manifest.prepared_by,
        consent=manifest.settings.d01,
        directory=manifest.settings.d03,
        figures=manifest.settings.d04,
        root=manifest.root,
        manifest=signed,
        signature=ctx.reader.sign(signed),
    )
    ctx.session.add(row)
    ctx.session.flush()
    return row


def _write_answers(
    ctx: RequestContext,
    row: models.Submission,
    prepared: Sequence[_Prepared],
    bundles: Mapping[Audience, OpenBundle],
) -> None:
    ctx.session.execute(
        sa.insert(models.SubmissionAnswer),
        [
            {
                "submission_id": row.id,
                "question": each.question.code,
                "state_code": row.state_code,
                "bundle_id": bundles[each.audience].id,
                "bundle_kind": KIND_OF[each.audience],
                "audience": each.audience,
                "status": each.status,
                "version": row.number,
                "sealed": seal_answer(bundles[each.audience], row, each.question.code, each.opened),
                "commitment": each.commitment,
                "narrowed_at": each.narrowed_at,
            }
            for each in prepared
        ],
    )


def seal_answer(
    bundle: OpenBundle, row: models.Submission, question: str, opened: OpenedAnswer
) -> bytes:
    """Seal one answer of a submission under a bundle."""
    return bundle.seal(
        kind=SUBMITTED_KIND,
        code=question,
        version=row.number,
        field=ANSWER_FIELD,
        content=submitted_bytes(opened),
        state=row.state_code,
    )


def _copy_files(
    ctx: RequestContext,
    frame: Frame,
    draft: Draft,
    prepared: Sequence[_Prepared],
    bundles: Mapping[Audience, OpenBundle],
) -> None:
    for each in prepared:
        if each.answer.files and draft.bundle is not None:
            copy_files(
                ctx,
                each.answer.files,
                draft.bundle,
                bundles[each.audience],
                state_code=frame.state_code,
                question=each.question.code,
            )
