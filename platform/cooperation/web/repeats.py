"""One effect for each form, however often it is sent (reliability 4.2, rule 3).

The outcome is kept in the transaction of the act: status and address of the next page, and the
short JSON of an autosave; never a page, since a page may show what is shown once only.
"""

import hashlib

from flask import Response, current_app, make_response, render_template, request
from flask.wrappers import Response as WrittenResponse

from cooperation.access.context import RequestContext
from cooperation.access.policy import Permission
from cooperation.accounts import service as accounts
from cooperation.core.errors import Conflict, Invalid
from cooperation.core.text import _
from cooperation.vault.encoding import length_prefixed
from cooperation.web import form_keys

CSRF_FIELD = "csrf_token"
_LEFT_OUT = frozenset({form_keys.FIELD, CSRF_FIELD})


class FormIncomplete(Invalid):
    """The form came without its key: it was not made by a page of this platform."""

    sentence = _("This form is incomplete. Open the page again.")


class FormOfAnother(Conflict):
    """The form was opened by another person at the same desk."""

    sentence = _("This form was opened by another person. Nothing was sent.")


def body_of_request() -> bytes:
    """Return method, path and fields in one order, files by their hash, without key and token."""
    fields = sorted(
        (name, value) for name, value in request.form.items(multi=True) if name not in _LEFT_OUT
    )
    parts: list[str | bytes] = [request.method, request.path]
    for name, value in fields:
        parts += [name, value]
    for name, upload in sorted(request.files.items(multi=True), key=lambda item: item[0]):
        upload.stream.seek(0)  # the view has read it when the outcome is kept
        digest = hashlib.sha256(upload.stream.read()).digest()
        upload.stream.seek(0)
        parts += [name, upload.filename or "", digest]
    return length_prefixed(*parts)


def require_form_key(ctx: RequestContext) -> str:
    """Return the key of the form that was sent; raises `FormIncomplete` or `FormOfAnother`."""
    key = request.form.get(form_keys.FIELD, "")
    if not form_keys.has_shape(key):
        raise FormIncomplete
    if not form_keys.is_for(key, ctx.actor.person_id):
        raise FormOfAnother
    return key


def earlier_response(ctx: RequestContext, key: str) -> Response | None:
    """Return what this form led to when it was sent before, or None."""
    outcome = accounts.find_outcome(ctx, key=key, body=body_of_request())
    if outcome is None:
        return None
    if outcome.reply is not None:
        return WrittenResponse(outcome.reply, outcome.status, mimetype="application/json")
    if outcome.location:
        return WrittenResponse(status=outcome.status, headers={"Location": outcome.location})
    view = current_app.view_functions.get(request.endpoint or "")
    is_invitation = getattr(view, "permission", None) is Permission.INVITE_PERSON
    page = render_template(
        "layout/done_before.html", is_invitation=is_invitation, parent=_page_above()
    )
    return make_response(page)


def _page_above() -> str | None:
    """Return the address of the nearest page above that of the form, or None."""
    routes = current_app.url_map.bind("")
    path = request.path.rpartition("/")[0]
    while path:
        if routes.test(path, "GET"):
            return path
        path = path.rpartition("/")[0]
    return None


def keep_response(ctx: RequestContext, key: str, response: Response) -> None:
    """Keep what the form led to, in the transaction of its act."""
    reply = response.get_data() if response.mimetype == "application/json" else None
    outcome = accounts.Outcome(response.status_code, response.headers.get("Location"), reply)
    accounts.store_outcome(ctx, key=key, body=body_of_request(), outcome=outcome)
