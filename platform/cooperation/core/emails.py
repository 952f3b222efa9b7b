"""One e-mail address: what may be one, the same wherever it is typed.

Before the @ stands what every mail server takes (RFC 5321, dot-string); after it a domain of two
names or more. A domain in another script is written as the network writes it, `xn--` (UTS 46).
"""

import re

import idna

from cooperation.core.characters import clean_token
from cooperation.core.text import Text, _

LONGEST = 254
_LONGEST_TYPED = 1000  # with all that is unseen in it

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_BEFORE = re.compile(rf"(?=.{{1,64}}\Z){_ATOM}(?:\.{_ATOM})*")
_DOMAIN = re.compile(rf"(?:{_NAME}\.)+(?=[A-Za-z]){_NAME}")


def plain_email(typed: str) -> str:
    """Return an address as it is kept: nothing unseen in it, its domain in ASCII if possible."""
    if len(typed) > _LONGEST_TYPED:
        return typed
    text = clean_token(typed)
    before, at, domain = text.rpartition("@")
    if domain.isascii() or len(text) > LONGEST:
        return text
    try:
        return f"{before}{at}{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        return text


def is_email(text: str) -> bool:
    """Tell whether `text` is one plain address, at most 254 characters."""
    before, _at, domain = text.rpartition("@")
    is_short = len(text) <= LONGEST
    return is_short and bool(_BEFORE.fullmatch(before)) and bool(_DOMAIN.fullmatch(domain))


def email_problem(text: str) -> Text | None:
    """Say what is wrong with an address that `plain_email` has read."""
    if is_email(text):
        return None
    before, at, domain = text.rpartition("@")
    if at and domain and not domain.isascii():
        return _("Check the part after the @: this cannot be the name of a domain.")
    if at and before and not before.isascii():
        return _("Before the @ use letters from a to z and digits only; accents cannot be sent to.")
    return _("Enter one e-mail address, such as name@ministry.example.")
