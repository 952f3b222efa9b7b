"""The blueprint of accounts, and what its views share: cookies."""

from flask import Blueprint, Response, g
from werkzeug.wrappers import Response as AnyResponse

from cooperation.accounts.rules import DEVICE_LIFE
from cooperation.accounts.signin.service.door import device_cookie, pending_cookie, session_cookie

blueprint = Blueprint("accounts", __name__, template_folder="templates")

HOME = "/"


def set_cookie(response: Response | AnyResponse, name: str, value: str) -> None:
    """Set a cookie that scripts and other sites do not see, until the browser is closed."""
    response.set_cookie(
        name,
        value,
        path="/",
        secure=g.door.settings.is_https,
        httponly=True,
        samesite="Lax",
    )


def end_cookie(response: Response | AnyResponse, name: str) -> None:
    """Let the browser forget a cookie."""
    response.delete_cookie(
        name, path="/", secure=g.door.settings.is_https, httponly=True, samesite="Lax"
    )


def keep_device(response: Response | AnyResponse) -> None:
    """Let the browser be known again for half a year; set after a complete sign-in."""
    response.set_cookie(
        device_cookie(g.door.settings),
        g.door.device,
        max_age=DEVICE_LIFE,
        path="/",
        secure=g.door.settings.is_https,
        httponly=True,
        samesite="Lax",
    )


def session_name() -> str:
    """Return the name of the session's cookie."""
    return session_cookie(g.door.settings)


def pending_name() -> str:
    """Return the name of the cookie of a sign-in or activation under way."""
    return pending_cookie(g.door.settings)
