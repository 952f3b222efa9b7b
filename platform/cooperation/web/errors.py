"""Failures as pages: one clear sentence and the request's id; the only place that maps kinds.

404, 403, 409, 422, 503, 507 and 500 come from the kinds of core.errors, the rest from HTTP itself.
The last resort logs the kind of error and where it arose, never its text: it could hold an answer.
"""

import errno
from dataclasses import dataclass

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template
from werkzeug.exceptions import HTTPException, InternalServerError

from cooperation.accounts.blueprint import end_cookie, session_name
from cooperation.core.db import (
    DatabaseFailedError,
    RuleBrokenError,
    StaleRowError,
    is_busy,
    is_clash,
    is_full,
)
from cooperation.core.errors import (
    Broken,
    Conflict,
    DomainError,
    Invalid,
    LimitReached,
    NotAllowed,
    NotFound,
    Unavailable,
)
from cooperation.core.requests import request_id
from cooperation.core.settings import Mode
from cooperation.core.text import Text, _
from cooperation.vault.errors import KeysAway
from cooperation.web.incoming import request
from cooperation.web.origin import CSRFError, ForeignOrigin
from cooperation.web.quiet import places_of
from cooperation.web.server import server
from cooperation.web.session import close_transaction, forget_person
from cooperation.web.unsaved import kept_response

log = structlog.get_logger("cooperation")

_KINDS: tuple[tuple[type[DomainError], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (Invalid, 422),
    (LimitReached, 429),
    (Unavailable, 503),
    (Broken, 500),
)

_TITLES: dict[int, Text] = {
    400: _("The request could not be read"),
    401: _("Sign in first"),
    403: _("Not allowed"),
    404: _("Page not found"),
    405: _("Not possible at this address"),
    409: _("Something has changed meanwhile"),
    413: _("Too large"),
    414: _("The address is too long"),
    415: _("Not of a kind that is taken here"),
    422: _("Not accepted"),
    429: _("Too much within a short time"),
    500: _("Something went wrong"),
    503: _("Busy just now"),
    507: _("There is no space left"),
}

_SENTENCES: dict[int, Text] = {
    400: _("The request was damaged or holds characters that are not allowed."),
    403: _("Your role does not allow this."),
    404: _("There is nothing at this address."),
    405: _("This address does not take this kind of request."),
    409: _("This has changed since you opened it. Nothing was overwritten."),
    413: _(
        "More was sent than is accepted: at most 10 MB for a file, 1 MB for text and 1,000 fields."
    ),
    503: _("The server is busy. Try again in a moment; nothing was lost."),
    507: _("There is no space left on the server. Nothing was changed. Try again later."),
}
NOT_SAVED: dict[int, Text] = {
    409: _(
        "Somebody else did this at the same moment and was first. Nothing was overwritten; what "
        "you typed is on this page. Look at what is there now before you send yours."
    ),
    503: _(
        "The server did not get to it just now. What you typed is on this page. Send it again in a "
        "moment; it counts once, however often it is sent."
    ),
    507: _(
        "There is no space left on the server. Nothing was saved; what you typed is on this page. "
        "Tell the Secretariat, leave this page open, and send it again later."
    ),
}
"""What is said where a form was sent and comes back."""
_AWAY = _("Out of service for the moment")
_UNANSWERED = _("The database does not answer. It goes on by itself. Try again in a moment.")
_SIGN_OUT = "accounts.sign_out"
_SIGNED_OUT = _("You are signed out in this browser")
_SIGNED_OUT_HERE = _(
    "The server could not note it just now. The session ends by itself, at the latest half an hour "
    "after its last use. Close this browser if others use it."
)
_NO_COOKIE = _(
    "Your browser sent no cookie with this form: they are blocked for this site, or were deleted. "
    "Allow them for this address, open the page again and repeat it."
)
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
_GENERAL = _("Nothing was changed. Try again; if it happens again, tell the Secretariat.")


@dataclass(frozen=True)
class Failure:
    """What a failure's page says."""

    status: int
    title: Text
    sentence: Text
    request_id: str
    errors: tuple[Text, ...] = ()
    hint: Text | None = None


def failure_response(
    status: int,
    sentence: Text | None = None,
    errors: tuple[Text, ...] = (),
    title: Text | None = None,
) -> Response:
    """Return the page of a failure, or its JSON for the script of a page."""
    if request.is_autosave:
        return make_response(jsonify(status=_STATUS_WORDS.get(status, "refused")), status)
    title = title or _TITLES.get(status, _TITLES[500] if status >= 500 else _TITLES[400])
    sentence = sentence or _SENTENCES.get(status, _GENERAL)
    given_back = kept_response(status, title=title, sentence=sentence, errors=errors)
    if given_back is not None:
        return given_back
    failure = Failure(
        status=status,
        title=title,
        sentence=sentence,
        request_id=request_id.get(),
        errors=errors,
    )
    g.has_failed = True
    return make_response(render_template("layout/failure.html", failure=failure), status)


_STATUS_WORDS = {401: "signed_out", 409: "conflict", 503: "busy", 507: "full"}


def unsaved_response(
    status: int, sentence: Text | None = None, title: Text | None = None
) -> Response:
    """Return the page that gives a form back (503, 507); without a form the failure's own."""
    form_title = title or _TITLES[status]
    words = sentence or NOT_SAVED[status]
    page = kept_response(status, title=form_title, sentence=words, without_words=True)
    return page or failure_response(status, sentence, title=title)


def status_of(error: DomainError) -> int:
    """Return the status of a kind of failure."""
    return next((status for kind, status in _KINDS if isinstance(error, kind)), 500)


def _on_domain_error(error: DomainError) -> Response:
    status = status_of(error)
    if status == 500:
        _log_failure(error)
    if isinstance(error, KeysAway):
        return _on_keys_away(error)
    if isinstance(error, Unavailable):
        return unsaved_response(status, error.sentence)
    details = tuple(text for _field, text in error.errors) if isinstance(error, Invalid) else ()
    response = failure_response(status, error.sentence, details)
    if isinstance(error, LimitReached):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def _on_keys_away(error: KeysAway) -> Response:
    """Answer without the person: her name and her forms' keys need the root key too."""
    _log_failure(error)
    close_transaction()
    forget_person()
    return unsaved_response(503, error.sentence, _AWAY)


def _on_http_error(error: HTTPException) -> Response:
    response = error.get_response()
    if error.code is None or error.code < 400:
        return make_response(response)
    page = failure_response(error.code, _sentence_of(error))
    for name in ("Allow", "Retry-After"):
        if name in response.headers:
            page.headers[name] = response.headers[name]
    return page


def _sentence_of(error: HTTPException) -> Text | None:
    if isinstance(error, CSRFError) and not request.cookies:
        return _NO_COOKIE
    if isinstance(error, CSRFError):
        return _("This form is too old, or was not made here. Open the page again and repeat it.")
    if isinstance(error, ForeignOrigin):
        return _("This was sent by another site. Nothing was changed.")
    return None


def _on_anything(error: InternalServerError) -> Response:
    """Answer what nothing else answered, and what failed while an answer was finished."""
    cause = error.original_exception
    if isinstance(cause, StaleRowError):
        return _on_stale_row(cause)
    if isinstance(cause, RuleBrokenError):
        return _on_broken_rule(cause)
    if isinstance(cause, DomainError):
        return _on_domain_error(cause)
    if isinstance(cause, DatabaseFailedError):
        return _on_database_failure(cause)
    _log_failure(cause or error)
    if isinstance(cause, OSError) and cause.errno in _NO_SPACE:
        return unsaved_response(507)
    return failure_response(500)


def _on_stale_row(error: StaleRowError) -> Response:
    del error
    close_transaction()
    return unsaved_response(409)


def _on_broken_rule(error: RuleBrokenError) -> Response:
    """Tell who came second from a fault of ours: both checks had passed before either wrote."""
    close_transaction()
    _log_failure(error)
    return unsaved_response(409) if is_clash(error) else failure_response(500)


def _on_database_failure(error: DatabaseFailedError) -> Response:
    """Tell a full disk and a long queue from a database that is away; none of them is our fault."""
    close_transaction()
    _log_failure(error)
    if request.endpoint == _SIGN_OUT:
        return _signed_out_here(507 if is_full(error) else 503)
    if is_full(error):
        return unsaved_response(507)
    if is_busy(error):
        return unsaved_response(503)
    words = NOT_SAVED[503]
    page = kept_response(503, title=_AWAY, sentence=words, without_words=True)
    return page or failure_response(503, _UNANSWERED, title=_AWAY)


def _signed_out_here(status: int) -> Response:
    """Let the browser forget the session all the same: nobody stays signed in for want of space."""
    forget_person()
    response = failure_response(status, _SIGNED_OUT_HERE, title=_SIGNED_OUT)
    end_cookie(response, session_name())
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _log_failure(error: BaseException) -> None:
    known = {"message": str(error)} if server().settings.mode is Mode.TEST else {}
    log.error(
        "request failed",
        request=request_id.get(),
        kind=type(error).__qualname__,
        where=places_of(error),
        **known,
    )


def install_errors(app: Flask) -> None:
    """Answer every failure with a page of ours."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.register_error_handler(DomainError, _on_domain_error)
    app.register_error_handler(StaleRowError, _on_stale_row)
    app.register_error_handler(RuleBrokenError, _on_broken_rule)
    app.register_error_handler(DatabaseFailedError, _on_database_failure)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(InternalServerError, _on_anything)
