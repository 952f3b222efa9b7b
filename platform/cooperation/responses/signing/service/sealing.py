"""The sealing of a submission: up to three bundles, one record for every question, the manifest."""

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.circles.service import OpenBundle
from cooperation.core.failpoints import reach
from cooperation.core.ids import new_id
from cooperation.editions.rules import is_past_deadline
from cooperation.responses import models
from cooperation.responses.drafting.service.frame import Draft, Frame
from cooperation.responses.rules import (
    Audience,
    Manifest,
    OpenedAnswer,
    SealedTo,
    Submission,
)
from cooperation.responses.signing.service.planning import Plan, Prepared
from cooperation.responses.submitted.service.records import (
    ANSWER_FIELD,
    SUBMITTED_KIND,
    submitted_bytes,
)
from cooperation.responses.submitted.service.storage import copy_files
from cooperation.responses.submitted.service.submissions import submission_of
from cooperation.vault.encoding import canonical_json


def seal_submission(
    ctx: RequestContext, frame: Frame, draft: Draft, plan: Plan, *, approval: bytes | None = None
) -> Submission:
    """Seal, sign and keep what was planned; the caller has judged it fit.

    `approval` is the hash of the passkey's signature over the root, for the log.
    """
    bundles = _make_bundles(ctx, frame, plan.prepared)
    reach("submission.bundles_made")
    manifest = _manifest(ctx, frame, plan, bundles.values())
    row = _write_submission(ctx, frame, manifest)
    reach("submission.manifest_signed")
    _write_answers(ctx, row, plan.prepared, bundles)
    reach("submission.answers_written")
    _copy_files(ctx, frame, draft, plan.prepared, bundles)
    reach("submission.files_copied")
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
        commitment=plan.root,
        statement=approval,
    )
    reach("submission.logged")
    return submission


def _make_bundles(
    ctx: RequestContext, frame: Frame, prepared: Sequence[Prepared]
) -> dict[Audience, OpenBundle]:
    used = {each.audience for each in prepared}
    return {
        audience: circles.create_bundle(
            ctx,
            kind=audience.kind,
            edition=frame.edition.id,
            state=frame.state_code,
        )
        for audience in Audience
        if audience in used
    }


def _manifest(
    ctx: RequestContext, frame: Frame, plan: Plan, bundles: Iterable[OpenBundle]
) -> Manifest:
    names = {name for bundle in bundles for name in bundle.row.parties}
    versions = circles.circle_versions(ctx, tuple(sorted(names)))
    return Manifest(
        edition=frame.edition.id,
        questionnaire_hash=frame.questionnaire.content_hash,
        state_code=frame.state_code,
        number=plan.previous.number + 1 if plan.previous else 1,
        submitted_at=ctx.now,
        is_late=is_past_deadline(frame.edition, ctx.now),
        submitted_by=ctx.actor.person_id,
        prepared_by=frame.begun.ready_by or ctx.actor.person_id,
        settings=plan.consent,
        answers=tuple(each.for_manifest for each in plan.prepared),
        circles=tuple(SealedTo(each.name, each.version, each.key_hash) for each in versions),
        root=plan.root,
        supersedes=plan.previous.root if plan.previous else None,
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
        consent=manifest.settings.consent,
        directory=manifest.settings.directory,
        figures=manifest.settings.figures,
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
    prepared: Sequence[Prepared],
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
                "bundle_kind": each.audience.kind,
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
    prepared: Sequence[Prepared],
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
