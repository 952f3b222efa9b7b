"""A form that met an ended session, or needs a fresh code, is kept and sent afterwards.

The posted fields travel as one hidden field through the pages of sign-in, never on the server
(reliability 1.3). After sign-in a page shows them for one click; after a step-up the form goes on
by itself. The form's own `_key` says for whom it was made, so that nobody sends another's text.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import g, render_template, request

from cooperation.accounts.rules import safe_path
from cooperation.core.characters import without_unwanted
from cooperation.core.documents import read_json
from cooperation.core.requests import request_id
from cooperation.core.text import Text
from cooperation.web import form_keys
from cooperation.web.form_parser import FORM_PARTS
from cooperation.web.kept_words import words_of
from cooperation.web.repeats import CSRF_FIELD

FIELD = "_kept"
_LONGEST = 2 * 1024 * 1024
SERVERS_FAULT = 500
_NOTHING_THERE = frozenset({404, 405})
_SECRET = re.compile(r"password|passphrase|secret|credential|(^|_)code$")
"""What is typed anew rather than shown on a page."""


@dataclass(frozen=True)
class KeptForm:
    """A form that waits: its address, its fields, and whether files could not be kept."""

    action: str
    fields: tuple[tuple[str, str], ...]
    lost_files: bool

    def to_json(self) -> str:
        """Return the form as the hidden field carries it."""
        return json.dumps([self.action, self.fields, self.lost_files], ensure_ascii=False)


def of_request(sent: Iterable[tuple[str, str]] | None = None) -> KeptForm:
    """Return the form that is being sent, or what of it is to be sent again."""
    left_out = {CSRF_FIELD, FIELD}
    pairs = request.form.items(multi=True) if sent is None else sent
    fields = tuple((name, value) for name, value in pairs if name not in left_out)
    has_files = any(upload.filename for upload in request.files.values())
    return KeptForm(request.full_path.rstrip("?"), fields, has_files)


def from_request() -> KeptForm | None:
    """Return the form that a page of sign-in carries along, or None; a damaged one is none."""
    text = request.form.get(FIELD, "") if request.method == "POST" else ""
    if not text:
        return None
    try:
        found: Any = read_json(text, longest=_LONGEST)
        action, fields, lost_files = found
        pairs = tuple((_text(name), _text(value)) for name, value in fields[:FORM_PARTS])
    except (ValueError, TypeError, LookupError):
        return None
    path = safe_path(str(action))
    return KeptForm(path, pairs, lost_files=lost_files is True) if path else None


def _text(member: object) -> str:
    return without_unwanted(str(member))


def carry(form: KeptForm | None) -> None:
    """Let the forms of the page being made carry `form` along."""
    g.kept = form


def carried() -> str:
    """Return the value of the hidden field, or nothing."""
    form = g.get("kept")
    return form.to_json() if form else ""


def key_of(form: KeptForm) -> str:
    """Return the key that the kept form was rendered with, or nothing."""
    return dict(form.fields).get(form_keys.FIELD, "")


def has_words(form: KeptForm) -> bool:
    """Tell whether a person entered anything in the form."""
    return bool(words_of(form.action, _shown(form)))


def _shown(form: KeptForm) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, value)
        for name, value in form.fields
        if name != form_keys.FIELD and not _SECRET.search(name)
    )


def _key_to_send(form: KeptForm, status: int | None) -> str:
    """Return the form's own key where it may have taken effect, a new one where it was refused."""
    is_refused = status is not None and status < SERVERS_FAULT
    return form_keys.form_key() if is_refused else key_of(form)


def page_of(
    form: KeptForm,
    *,
    is_outdated: bool = False,
    reason: Text | None = None,
    title: Text | None = None,
    status: int | None = None,
    errors: tuple[Text, ...] = (),
) -> str:
    """Return the page that shows a kept form for one click, and why it was not taken.

    With `title` and `status` it is the page of a failure: what was typed is shown at once.
    """
    return render_template(
        "layout/kept.html",
        kept=form,
        key=_key_to_send(form, status),
        hidden=_shown(form),
        words=words_of(form.action, _shown(form)),
        can_send=status not in _NOTHING_THERE,
        errors=errors,
        is_outdated=is_outdated,
        reason=reason,
        title=title,
        status=status,
        request_id=request_id.get(),
    )
