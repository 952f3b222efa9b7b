"""The marker that an account was disabled and no keys were renewed since (vault.md, Removal)."""

from flask import url_for

from cooperation.access.context import RequestContext
from cooperation.accounts import service as accounts
from cooperation.core.text import _
from cooperation.web.home.parts import Link, Notice


def key_notices(ctx: RequestContext) -> tuple[Notice, ...]:
    """Return the marker for the actor's own circle, where it is due."""
    if not accounts.are_new_keys_due(ctx):
        return ()
    text = _("An account was disabled. It opens nothing any more; new keys are still to be made.")
    link = Link(_("Colleagues with access"), url_for("accounts.colleagues"))
    return (Notice("warn", _("New keys are due"), text, link),)
