"""What could not be saved through no fault of the person: her text comes back, with the reason.

No space left, the database or the root key away, too many at once. The page holds what was sent and
one button that sends it again with its own key, so that it takes effect once, whatever happened.
"""

from flask import Response, g, make_response, request

from cooperation.core.text import Text
from cooperation.web import kept
from cooperation.web.declaration import UNDECLARED, current_declaration
from cooperation.web.incoming import SAFE_METHODS
from cooperation.web.origin import CSRFError, ForeignOrigin, require_own_page


def kept_response(status: int, *, title: Text, sentence: Text) -> Response | None:
    """Return the page that gives a form back, or None where there is none to give."""
    if not _holds_own_form():
        return None
    g.has_failed = True
    page = kept.page_of(kept.of_request(), reason=sentence, title=title, status=status)
    return make_response(page, status)


def _holds_own_form() -> bool:
    """Tell whether a page of ours sent this, and not the script that asks for JSON.

    Who is signed in may not be known: the page shows nothing but what came with this request.
    """
    if request.method in SAFE_METHODS or request.endpoint is None:
        return False
    if request.headers.get("X-Requested-With") == "autosave":
        return False
    declaration = current_declaration()
    if declaration is UNDECLARED or declaration.is_public or declaration.own_transactions:
        return False
    try:
        require_own_page()
    except (CSRFError, ForeignOrigin):
        return False
    return True
