"""Requests that change something come from our own pages: origin, then the token (reliability 3).

The token is bound to the visit, a signed cookie of its own that ends with sign-in and sign-out. A
browser that tells `Sec-Fetch-Site` must say same-origin. Our own `no-referrer` makes browsers send
`Origin: null` with forms, so null decides nothing.
"""

from urllib.parse import urlsplit

from flask import Flask, request, session
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import Forbidden

from cooperation.web.server import server

_protection = CSRFProtect()


class ForeignOrigin(Forbidden):
    """Another site's page sent this."""


def install_tokens(app: Flask, *, secret: bytes) -> None:
    """Set up the visit's cookie and the token that every form carries."""
    is_https = server_settings_are_https(app)
    app.config.update(
        SECRET_KEY=secret,
        SESSION_COOKIE_NAME="__Host-visit" if is_https else "visit",
        SESSION_COOKIE_SECURE=is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # it asks for a Referer, which our pages forbid
    )
    _protection.init_app(app)


def server_settings_are_https(app: Flask) -> bool:
    """Tell whether the instance is reached by https."""
    return bool(app.extensions["cooperation"].settings.is_https)


def require_own_page() -> None:
    """Refuse an unsafe request of another site; raises `ForeignOrigin`, then `CSRFError`."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in {"same-origin", "none"}:
        raise ForeignOrigin
    origin = request.headers.get("Origin")
    if origin and origin != "null" and _host_of(origin) not in server().settings.hosts:
        raise ForeignOrigin
    _protection.protect()


def _host_of(origin: str) -> str:
    """Return the host that an origin names, nothing for what is no address."""
    try:
        return (urlsplit(origin).hostname or "").lower()
    except ValueError:
        return ""


def begin_new_visit() -> None:
    """Forget the token of the visit; at sign-in and sign-out."""
    session.pop("csrf_token", None)


__all__ = [
    "CSRFError",
    "ForeignOrigin",
    "begin_new_visit",
    "install_tokens",
    "require_own_page",
]
