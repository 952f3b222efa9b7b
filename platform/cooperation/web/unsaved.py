"""What was not taken: what a person entered comes back, with the reason (reliability 1.3).

No space left, the database or the root key away, too many at once, not allowed any more, changed
meanwhile, too large. The page holds what was sent and one button that sends it again. Where the
server may have been at fault it keeps its key, so that it takes effect once, whatever happened.
"""

from contextlib import suppress

from flask import Response, g, make_response, render_template
from werkzeug.exceptions import HTTPException

from cooperation.accounts.forms import SignInForm
from cooperation.core.errors import FieldsRefused
from cooperation.core.text import Text
from cooperation.web import form_keys, kept
from cooperation.web.declaration import UNDECLARED, current_declaration
from cooperation.web.form_parser import KEPT_BYTES
from cooperation.web.incoming import request
from cooperation.web.origin import CSRFError, require_own_page

_TOO_LARGE = 413


def kept_response(
    status: int,
    *,
    title: Text,
    sentence: Text,
    errors: tuple[Text, ...] = (),
    without_words: bool = False,
) -> Response | None:
    """Return the page that gives a form back, or None where there is none to give.

    A form in which nothing was entered comes back only `without_words`: one click sends it again.
    """
    if g.get("has_failed", False) or not is_of_person() or not _holds_own_form(status):
        return None
    form = kept.of_request()
    if not without_words and not kept.has_words(form):
        return None
    g.has_failed = True
    if _waits_for_its_writer(form, status):
        is_signed_in = g.signed_in is not None
        page = sign_in_page(form, "another" if is_signed_in else "ended")
        return make_response(page, 409 if is_signed_in else 401)
    page = kept.page_of(form, reason=sentence, title=title, status=status, errors=errors)
    return make_response(page, status)


def is_of_person() -> bool:
    """Tell whether a person sent a form of hers, and not the script that asks for JSON."""
    if not request.is_unsafe or request.is_autosave or request.endpoint is None:
        return False
    declaration = current_declaration()
    is_at_the_door = declaration.is_public or declaration.own_transactions
    return declaration is not UNDECLARED and not is_at_the_door


def sign_in_page(form: kept.KeptForm, why: str) -> str:
    """Return the page of sign-in that carries a form along."""
    kept.carry(form)
    return render_template("accounts/sign_in.html", form=SignInForm(), keeps_form=why)


def _waits_for_its_writer(form: kept.KeptForm, status: int) -> bool:
    """Tell whether who filled the form in must sign in first; where we are at fault, she cannot."""
    if status >= kept.SERVERS_FAULT or "signed_in" not in g:
        return False
    signed_in = g.signed_in
    person_id = "" if signed_in is None else signed_in.actor.person_id
    return signed_in is None or not form_keys.is_for(kept.key_of(form), person_id)


def has_key() -> bool:
    """Tell whether the form carries a key as our pages make them."""
    keys = request.form.getlist(form_keys.FIELD)
    return len(keys) == 1 and form_keys.has_shape(keys[0])


def _holds_own_form(status: int) -> bool:
    """Tell whether a page of ours sent this, be it an outdated one (`lifecycle`).

    Who is signed in may not be known: the page shows nothing but what came with this request.
    """
    if status == _TOO_LARGE and not _may_be_read():
        return False
    try:
        with suppress(CSRFError):  # signed out elsewhere: the key says for whom it was made
            require_own_page()
        return has_key()
    except (HTTPException, FieldsRefused):  # another site's, or not to be read
        return False


def _may_be_read() -> bool:
    """Take more of a text than is saved, so that it can come back; False for what is larger."""
    if request.has_form or (request.content_length or 0) > KEPT_BYTES:
        return False
    request.max_content_length = request.max_form_memory_size = KEPT_BYTES
    return True
