"""What is due about who has access: new keys after a leaver, the yearly review, two persons' cases.

Source: vault.md (Removal), reliability 1.4.
"""

from flask import url_for

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed
from cooperation.access.policy import Permission
from cooperation.accounts import service as accounts
from cooperation.core.text import _
from cooperation.editions.rules import Edition
from cooperation.web.home.parts import Link, Notice, Step


def key_notices(ctx: RequestContext, edition: Edition | None) -> tuple[Notice, ...]:
    """Return what is due in the actor's own circle, and what waits for her as second person.

    `edition` is the current one.
    """
    return (*_new_keys(ctx), *_second_person(ctx), *_give_back(ctx), *_review(ctx, edition))


def _new_keys(ctx: RequestContext) -> tuple[Notice, ...]:
    due = accounts.new_keys_due(ctx)
    if due is None:
        return ()
    text = _(
        "Disabled: %(names)s. Such an account opens nothing any more. New keys make sure of it "
        "even if somebody stole the database.",
        names=", ".join(due.leavers),
    )
    if due.may_make:
        act = Link(_("Make new keys"), url_for("accounts.make_new_keys"))
        return (Notice("warn", _("New keys are due"), text, act=act),)
    makers = _("Somebody who invites people makes them: %(names)s.", names=", ".join(due.makers))
    link = Link(_("Colleagues with access"), url_for("accounts.colleagues"))
    return (Notice("warn", _("New keys are due"), text, link=link, lines=(makers,)),)


def _second_person(ctx: RequestContext) -> tuple[Notice, ...]:
    """Lost access and unused accounts, about which a colleague has done the first half."""
    if not is_allowed(ctx.actor, Permission.READ_ACCESS_REVIEWS):
        return ()
    closed = tuple(
        Notice(
            "warn",
            _("%(name)s: all accounts are closed", name=name),
            _("A head invites its first new person. Nobody has been invited yet."),
            link=Link(_("What to do next"), url_for("accounts.institution", body=body)),
        )
        for body, name in accounts.closed_bodies(ctx)
    )
    return closed + tuple(
        Notice(
            "warn",
            _("%(name)s: access waits for a second person", name=name),
            _("A colleague has proposed something there. Look at it, and confirm or withdraw it."),
            link=Link(_("Look at it"), url_for("accounts.institution", body=body)),
        )
        for body, name in accounts.waiting_bodies(ctx)
    )


def _give_back(ctx: RequestContext) -> tuple[Notice, ...]:
    if not is_allowed(ctx.actor, Permission.RETURN_ANSWERS):
        return ()
    return tuple(
        Notice(
            "warn",
            _("Give %(name)s its filed answers back", name=name),
            _("Its people had lost access. A new person is there; you can open what was filed."),
            link=Link(_("See what is given back"), url_for("accounts.give_back", body=body)),
        )
        for body, name in accounts.returnable(ctx)
    )


def _review(ctx: RequestContext, edition: Edition | None) -> tuple[Notice, ...]:
    if edition is None or not edition.is_open:
        return ()
    if not is_allowed(ctx.actor, Permission.CONFIRM_ACCESS):
        return ()
    if not accounts.is_review_due(ctx, edition.id):
        return ()
    text = _("Once in every edition somebody looks through the list of who has access.")
    link = Link(_("Confirm who has access"), url_for("access_review.own"))
    return (Notice("info", _("Confirm who has access"), text, link=link),)


def keyring_step() -> Step:
    """Return the step that is due after the root key was rotated."""
    return Step(
        _("Confirm a copy of the new keyring"),
        url_for("accounts.set_up"),
        _("The root key has changed. Without a copy of the new keyring nothing can be restored."),
    )
