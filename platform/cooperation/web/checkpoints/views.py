"""The page on checkpoints at /log/checkpoints, and the line about the latest one on home pages."""

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.audit import service as audit
from cooperation.audit.rules import Checkpoint
from cooperation.vault.errors import SignerRefusedError
from cooperation.web.checkpoints.programs import commands, receipt_program, witness_program

blueprint = Blueprint("checkpoint_pages", __name__, template_folder="templates")


@blueprint.get("/log/checkpoints")
@requires(Permission.USE_ACCOUNT)
def checkpoints() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    latest = audit.latest_checkpoint(ctx.session)
    vkey = _vkey(ctx, latest)
    return render_template(
        "checkpoints/checkpoints.html",
        latest=latest,
        vkey=vkey,
        witnesses=audit.witnesses_of(ctx.session, ctx.settings),
        program=witness_program(),
        verifier=receipt_program(),
        commands=commands(vkey or "KEY", ctx.settings.base_url),
    )


def _vkey(ctx: RequestContext, latest: Checkpoint | None) -> str | None:
    """Return the log's public key; `None` where the signer's folder does not give it."""
    if latest is None:
        return None
    try:
        return audit.log_vkey(ctx.settings, latest.origin)
    except SignerRefusedError:
        return None


@blueprint.app_template_global()
def latest_checkpoint() -> Checkpoint | None:
    """Return the latest checkpoint, for the foot of the home page."""
    ctx: RequestContext = g.context
    return audit.latest_checkpoint(ctx.session)
