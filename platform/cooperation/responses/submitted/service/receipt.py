"""The receipt of a submission: all that proves off-line what a State filed (docs/receipt.md).

Made anew whenever it is asked for, from what was sealed and signed at the submission; only the
checkpoint is the present one. Every answer is checked against what the signatory signed before
anything is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import Permission
from cooperation.accounts import service as accounts
from cooperation.audit import service as audit
from cooperation.audit.rules import Checkpoint, moment_text
from cooperation.circles import service as circles
from cooperation.core.downloads import Download
from cooperation.core.errors import Conflict, Unavailable
from cooperation.core.text import _
from cooperation.responses import models, queries
from cooperation.responses.rules import (
    OpenedAnswer,
    ReceiptAnswer,
    Signatures,
    SignedSubmission,
    Submission,
    SubmittedAnswer,
    answers_document,
    receipt_document,
)
from cooperation.responses.submitted.service.printing import reference, submission_pdf
from cooperation.responses.submitted.service.signed import (
    NotSignedError,
    check_opened,
    signed_submissions,
)
from cooperation.responses.submitted.service.submissions import (
    open_rows,
    own_submission,
    submission_of,
)
from cooperation.vault.encoding import canonical_json
from cooperation.vault.errors import NoteRefusedError, SignerRefusedError
from cooperation.vault.signed_notes import parse_vkey, verify_note


class NoReceiptError(Conflict):
    """The submission is of the first kind, whose root proves less."""

    sentence = _("There is no receipt of this submission: it was signed in an earlier form.")


class NotInCheckpointError(Unavailable):
    """No checkpoint holds the submission's entry yet."""

    sentence = _("The log is being signed just now. Try again in a minute; nothing was made.")


@dataclass(frozen=True)
class ReceiptPage:
    """What the page of a submission says of its proof.

    `entry` is the number of its entry in the log, none where its manifest does not verify;
    `checkpoint` is none as long as none holds the entry. `others` are the State's other submissions
    of the edition, newest first.
    """

    submission: Submission
    is_by_passkey: bool
    entry: int | None
    checkpoint: Checkpoint | None
    others: tuple[Submission, ...]


def receipt_page(ctx: RequestContext, submission_id: str) -> ReceiptPage:
    """Return what is to be said of a submission of the own State; raises `NotFound`."""
    submission = own_submission(ctx, submission_id)
    signed = signed_submissions(ctx, [submission.id]).get(submission.id)
    rows = queries.own_submissions(ctx.session, submission.edition, submission.state_code)
    return ReceiptPage(
        submission=submission,
        is_by_passkey=queries.approval_of(ctx.session, submission.id) is not None,
        entry=signed.entry if signed and signed.is_provable else None,
        checkpoint=_covering(ctx, signed) if signed else None,
        others=tuple(submission_of(row) for row in rows if row.id != submission.id),
    )


def make_receipt(ctx: RequestContext, submission_id: str) -> Download:
    """Return the receipt of a submission of the own State; counted as an export, and logged.

    Raises `NotFound`, `StepUpNeeded`, `ExportLimitReached`, `NotSignedError`, `NoReceiptError`,
    `NotInCheckpointError`, and `CannotOpen` where a record does not open.
    """
    require(ctx.actor, Permission.DOWNLOAD_RECEIPT)
    submission = own_submission(ctx, submission_id)
    require_step_up(ctx.actor, Permission.DOWNLOAD_RECEIPT, ctx.now)
    signed = signed_submissions(ctx, [submission.id]).get(submission.id)
    if signed is None:
        raise NotSignedError
    if not signed.is_provable:
        raise NoReceiptError
    checkpoint = _covering(ctx, signed)
    if checkpoint is None:
        raise NotInCheckpointError
    accounts.count_export(ctx)
    parts = _parts(ctx, signed, checkpoint)
    content = audit.signed_archive(ctx.settings, checkpoint.origin, parts)
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action="receipt.downloaded",
        at=ctx.now,
        edition=submission.edition,
        states=(submission.state_code,),
        submission=submission.id,
        version=submission.number,
    )
    return Download(receipt_name(ctx, submission), "application/zip", content)


def receipt_name(ctx: RequestContext, submission: Submission) -> str:
    """Return the name under which a submission's receipt is downloaded."""
    return f"receipt-{reference(ctx, submission, '-')}.zip"


def _covering(ctx: RequestContext, signed: SignedSubmission) -> Checkpoint | None:
    """Return a checkpoint that holds the entry, under the key that the signer has now."""
    found = audit.checkpoint_covering(ctx.session, signed.entry)
    if found is None:
        return None
    try:
        verify_note(found.note, parse_vkey(audit.log_vkey(ctx.settings, found.origin)))
    except (NoteRefusedError, SignerRefusedError):
        return None
    return found


def _parts(
    ctx: RequestContext, signed: SignedSubmission, checkpoint: Checkpoint
) -> dict[str, bytes]:
    receipt = receipt_document(
        signed,
        _signatures(ctx, signed),
        instance=ctx.reader.instance,
        origin=checkpoint.origin,
        log_key=audit.log_vkey(ctx.settings, checkpoint.origin),
        entry=audit.entry_bytes(ctx.session, signed.entry),
    )
    answers = answers_document(signed, _answers(ctx, signed))
    proof = audit.proof_of_entry(ctx.session, signed.entry, checkpoint)
    return {
        "receipt.json": canonical_json(receipt),
        "answers.json": canonical_json(answers),
        "proof.tlog-proof": proof.encode(),
        "submission.pdf": submission_pdf(ctx, signed.id),
    }


def _signatures(ctx: RequestContext, signed: SignedSubmission) -> Signatures:
    row = ctx.session.get_one(models.Submission, signed.id)
    return Signatures(
        manifest=row.manifest,
        signing_key=circles.signing_key_of(ctx.session, row.submitted_by, at=signed.entry),
        signature=row.signature,
        approval=_approval(queries.approval_of(ctx.session, signed.id)),
    )


def _approval(row: models.SubmissionApproval | None) -> dict[str, bytes] | None:
    if row is None:
        return None
    return {
        "nonce": row.nonce,
        "credential_id": row.credential_id,
        "public_key": row.public_key,
        "client_data": row.client_data,
        "authenticator_data": row.authenticator_data,
        "signature": row.signature,
    }


def _answers(ctx: RequestContext, signed: SignedSubmission) -> list[ReceiptAnswer]:
    """Return every answer of the manifest in its order, opened where the State can open it."""
    rows = {row.question: row for row in queries.answer_rows(ctx.session, (signed.id,))}
    if rows.keys() != signed.answers.keys():
        raise NotSignedError
    opened = _opened(ctx, list(rows.values()))
    found: list[ReceiptAnswer] = []
    for question, each in signed.answers.items():
        row = rows[question]
        if (row.commitment, row.status) != (each.commitment, each.status):
            raise NotSignedError
        narrowed_at = None if row.narrowed_at is None else moment_text(row.narrowed_at)
        found.append(ReceiptAnswer(each, opened.get(question), narrowed_at))
    return found


def _opened(ctx: RequestContext, rows: Sequence[SubmittedAnswer]) -> dict[str, OpenedAnswer]:
    bundles = circles.open_left(ctx, sorted({row.bundle_id for row in rows}))
    mine = [row for row in rows if row.bundle_id in bundles]
    answers = open_rows(bundles, mine)
    check_opened(mine, answers)
    return {row.question: answer for row, answer in zip(mine, answers, strict=True)}
