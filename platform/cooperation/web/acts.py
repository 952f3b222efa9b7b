"""The one list of the acts of two persons, as their slices declare them."""

from flask import Flask

from cooperation.access.context import RequestContext
from cooperation.access.policy import Permission
from cooperation.accounts import service as accounts
from cooperation.analysis import service as analysis
from cooperation.core.text import _
from cooperation.editions import service as editions
from cooperation.publication import service as publication
from cooperation.two_persons import views
from cooperation.two_persons.service import Acts

ACTS: Acts = {
    each.kind: each
    for each in (
        accounts.INVITING,
        accounts.CHANGING_ROLE,
        *accounts.KEY_ACTS.values(),
        editions.CLOSING,
        publication.PUBLISHING,
        publication.RETRACTING,
        analysis.RELEASING,
    )
}


def _name_of(ctx: RequestContext, person_id: str) -> str:
    return accounts.person_name(ctx.session, ctx.root, person_id)


def install_acts(app: Flask) -> None:
    """Hand the slice of two persons what stands above it."""
    begin = (
        Permission.PROPOSE_KEY_ACT,
        _("Propose an act on the server's keys"),
        "accounts.key_act",
    )
    app.extensions[views.EXTENSION] = views.Registered(ACTS, _name_of, begin)
