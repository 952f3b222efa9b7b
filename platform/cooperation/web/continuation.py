"""After sign-in or a fresh code: show the kept form for one click, or let it go on by itself."""

import io
from urllib.parse import urlencode, urlsplit

from flask import Response, current_app, g, make_response, render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.http import parse_cookie

from cooperation.accounts import service as accounts
from cooperation.accounts.forms import FactorForm, SignInForm
from cooperation.accounts.signin.views.second_factor import second_factor_page
from cooperation.web import form_keys, kept
from cooperation.web.declaration import current_declaration
from cooperation.web.origin import begin_new_visit
from cooperation.web.repeats import CSRF_FIELD
from cooperation.web.server import server
from cooperation.web.session import find_signed_in

_MOVED = frozenset({302, 303})
_GOODBYES = frozenset({"accounts.sign_out", "accounts.end_sessions"})


def continue_kept(response: Response) -> Response:
    """Turn the redirect of a page of sign-in into what its kept form waits for."""
    if response.status_code not in _MOVED or not current_declaration().own_transactions:
        return response
    cookie = _new_cookie(response)
    form = kept.from_request()
    is_step_up = request.path == url_for("accounts.step_up")
    if cookie and not is_step_up:
        begin_new_visit()
    if form is None:
        return response
    next_path = urlsplit(response.location or "").path
    if next_path in {url_for("accounts.second_factor"), url_for("accounts.sign_in")}:
        kept.carry(form)
        return _with_cookies(_page_of_sign_in(next_path, response), response)
    if not cookie or not _is_of_same_person(form, cookie):
        return response
    if is_step_up:
        return _with_cookies(_send_again(form, cookie), response)
    return _with_cookies(make_response(kept.page_of(form)), response)


def _page_of_sign_in(path: str, response: Response) -> Response:
    """Return the page of sign-in at `path`: shown at once, since a redirect would lose the form."""
    if path == url_for("accounts.sign_in"):
        return make_response(render_template("accounts/sign_in.html", form=SignInForm()))
    name = accounts.pending_cookie(server().settings)
    pending = _cookie_of(response, name) or request.cookies.get(name, "")
    return make_response(second_factor_page(pending, FactorForm()))


def end_visit(response: Response) -> Response:
    """Forget the visit when the person signs out."""
    if request.endpoint in _GOODBYES and response.status_code in _MOVED:
        begin_new_visit()
    return response


def _new_cookie(response: Response) -> str | None:
    """Return the value of the session's cookie that the response sets."""
    return _cookie_of(response, accounts.session_cookie(server().settings))


def _cookie_of(response: Response, name: str) -> str | None:
    for header in response.headers.getlist("Set-Cookie"):
        value = parse_cookie(header.partition(";")[0]).get(name)
        if value:
            return value
    return None


def _is_of_same_person(form: kept.KeptForm, cookie: str) -> bool:
    with server().database.reading() as session:
        signed_in = find_signed_in(session, cookie)
    if signed_in is None:
        return False
    if g.get("signed_in") is not None:
        g.signed_in.reader.close()
    g.signed_in = signed_in
    return form_keys.is_for(kept.key_of(form), signed_in.actor.person_id)


def _with_cookies(page: Response, source: Response) -> Response:
    for header in source.headers.getlist("Set-Cookie"):
        page.headers.add("Set-Cookie", header)
    return page


def _send_again(form: kept.KeptForm, cookie: str) -> Response:
    """Serve the kept form as a request of its own, with the new cookie; all checks run anew."""
    address = urlsplit(form.action)
    fields = [*form.fields, (CSRF_FIELD, generate_csrf())]
    body = urlencode(fields).encode()
    name = accounts.session_cookie(server().settings)
    cookies = {**request.cookies.to_dict(), name: cookie}
    environ = {
        key: value
        for key, value in request.environ.items()
        if not key.startswith(("werkzeug.", "flask.", "HTTP_COOKIE"))
    }
    environ |= {
        "PATH_INFO": address.path,
        "RAW_URI": form.action,
        "REQUEST_URI": form.action,
        "QUERY_STRING": address.query,
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "HTTP_COOKIE": "; ".join(f"{key}={text}" for key, text in cookies.items()),
    }
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    with app.app_context(), app.request_context(environ):
        return make_response(app.full_dispatch_request())
