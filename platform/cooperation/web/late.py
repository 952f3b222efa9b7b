"""Views that take SQLite's lock late (core.late), called again where that was too early.

Only what the script of a page saves: its answer is JSON, so a first call leaves nothing behind.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, g

from cooperation.core.late import ChangedMeanwhileError, take_lock
from cooperation.web.declaration import current_declaration
from cooperation.web.lifecycle import admit
from cooperation.web.session import close_transaction, forget_person, open_transaction

_View = Callable[..., Any]


def install_late_locks(app: Flask) -> None:
    """Wrap the views that declare it; after all views are registered."""
    for endpoint, view in app.view_functions.items():
        if getattr(view, "locks_late", False):
            app.view_functions[endpoint] = _attempt(view)


def _attempt(view: _View) -> _View:
    """Let the view read without the lock, and have the lock before its answer is kept."""

    @wraps(view)
    def attempt(**arguments: Any) -> Any:
        try:
            answer = view(**arguments)
            take_lock(g.session)
        except ChangedMeanwhileError:
            return _do_again(view, arguments)
        return answer

    return attempt


def _do_again(view: _View, arguments: dict[str, Any]) -> Any:
    """Do all of it with the lock taken first: nobody else writes while it reads."""
    close_transaction()
    forget_person()
    g.pop("is_partial", None)
    declaration = current_declaration()
    open_transaction(declaration, unsafe=True, lock_first=True)
    refused = admit(declaration)
    return view(**arguments) if refused is None else refused
