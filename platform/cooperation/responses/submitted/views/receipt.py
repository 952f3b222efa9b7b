"""The page of a submission, its receipt, and the program that checks receipts."""

from uuid import UUID

from flask import flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, requires
from cooperation.access.policy import Permission
from cooperation.core.downloads import Download
from cooperation.offline import VERIFIER, verifier, verifier_hash
from cooperation.responses.blueprint import blueprint
from cooperation.responses.submitted.service.printing import reference
from cooperation.responses.submitted.service.receipt import (
    NotInCheckpointError,
    make_receipt,
    receipt_name,
    receipt_page,
)

_COMMAND = f"python3 {VERIFIER} --key KEY "
_PROGRAM = "text/x-python; charset=utf-8"


@blueprint.get("/response/submissions/<uuid:submission_id>")
@requires(Permission.READ_OWN_RESPONSE)
def submission(submission_id: UUID) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    state = receipt_page(ctx, str(submission_id))
    g.wants_checkpoint = state.entry is not None and state.checkpoint is None
    return render_template(
        "responses/submission.html",
        state=state,
        submission=state.submission,
        reference=reference(ctx, state.submission),
        may_download=is_allowed(ctx.actor, Permission.DOWNLOAD_RECEIPT),
        verifier=VERIFIER,
        command=_COMMAND + receipt_name(ctx, state.submission),
        verifier_hash=verifier_hash(),
    )


@blueprint.get("/response/submissions/<uuid:submission_id>/receipt")
@requires(Permission.DOWNLOAD_RECEIPT, logs_reading=True, step_up=True)
def receipt(submission_id: UUID) -> ResponseReturnValue:
    """Hand over the receipt; where no checkpoint holds the submission yet, have one issued."""
    try:
        return make_receipt(g.context, str(submission_id)).sent()
    except NotInCheckpointError as failure:
        g.wants_checkpoint = True
        flash(str(failure.sentence), "warn")
        return redirect(url_for("responses.submission", submission_id=submission_id), 303)


@blueprint.get("/verify_receipt.py")
@requires(Permission.PUBLIC)
def verify_receipt() -> ResponseReturnValue:
    return Download(VERIFIER, _PROGRAM, verifier()).sent()
