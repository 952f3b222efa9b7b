"""The `_key` of a form: random for each rendering, with a tag of the person it was made for.

It makes a repeated request harmless (reliability 4.2, rule 3) and keeps a form that was filled in
by one person from being sent by the next one at the same desk (reliability 1.3).
"""

import hmac
import re
import secrets

from flask import g

from cooperation.web.server import server

FIELD = "_key"
_SHAPE = re.compile(r"[0-9a-f]{32}\.[0-9a-f]{16}")


def _tags(person_id: str) -> list[str]:
    """Return the tag of new forms, then those of older root keys: such a form may still be sent."""
    return [tag.hex()[:16] for tag in server().root.lookups("form-key/1", person_id)]


def _person_id() -> str:
    signed_in = g.get("signed_in")
    return signed_in.actor.person_id if signed_in else ""


def form_key() -> str:
    """Return a new key for a form of the person who reads the page."""
    return f"{secrets.token_hex(16)}.{_tags(_person_id())[0]}"


def has_shape(key: str) -> bool:
    """Tell whether `key` looks like one of ours."""
    return _SHAPE.fullmatch(key) is not None


def is_for(key: str, person_id: str) -> bool:
    """Tell whether the form with this key was made for this person; any text is hers or not."""
    if not has_shape(key):
        return False
    given = key.partition(".")[2]
    return any(hmac.compare_digest(given, tag) for tag in _tags(person_id))
