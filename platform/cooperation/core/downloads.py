"""What a service hands over as a file, and how its name travels (RFC 6266, RFC 8187).

A name is typed by somebody, in any script; a header carries printable ASCII. So that every download
goes out by this one way, and no other place writes `Content-Disposition` (a test holds it).
"""

from dataclasses import dataclass
from urllib.parse import quote

from cooperation.core.characters import unaccented

DISPOSITION = "Content-Disposition"
PDF = "application/pdf"
_UNQUOTED = "!#$&+-.^_`|~"
"""What stands as itself in an extended value, besides letters and digits (`attr-char`)."""
_CONFUSING = frozenset('"\\%/')
"""What programs read in different ways inside of quotation marks; compatibility makes a new `/`."""


@dataclass(frozen=True)
class Download:
    """A file to be saved, never to be shown or run."""

    name: str
    content_type: str
    content: bytes

    def sent(self) -> tuple[bytes, dict[str, str]]:
        """Return body and headers, as a view returns them."""
        headers = {"Content-Type": self.content_type, DISPOSITION: disposition(self.name)}
        return self.content, headers


def disposition(name: str) -> str:
    """Return the header's value that has a browser save a file under this name, whole.

    The first name is for programs that know no other; every browser takes the second.
    """
    extended = quote(name, safe=_UNQUOTED)
    return f"attachment; filename=\"{_plain(name)}\"; filename*=UTF-8''{extended}"


def _plain(name: str) -> str:
    """Return the name in ASCII: letters without their accents, `_` for what has no likeness."""
    return "".join(
        sign if " " <= sign <= "~" and sign not in _CONFUSING else "_" for sign in unaccented(name)
    )
