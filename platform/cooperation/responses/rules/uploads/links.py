"""Where a link leads, in the ways that PDFs and office files write it."""

import re
from urllib.parse import unquote

_WEB = ("https://", "http://", "mailto:")
_DRIVE = re.compile(r"/*[A-Za-z]:(/|$)")
_RUNNING = re.compile(
    r"(javascript|vbscript|data|shell|search|search-ms|ms-[a-z-]+|jar|res|mk|mhtml|its|hcp):",
    re.IGNORECASE,
)
_FILE = re.compile(r"file:", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


def is_on_the_network(link: str) -> bool:
    r"""Tell whether a link leads to a network drive, or to something that starts a program.

    `\\server\law.pdf` and `file://server/law.pdf` hand over to that server who is signed in at the
    reader's computer. A file of the own computer (`C:\law.pdf`) and the web may stay.
    """
    if link.startswith(_WEB):
        return False
    if starts_program(link):
        return True
    plain = _plain(link)
    path = _FILE.sub("", plain, count=1) if _FILE.match(plain) else plain
    if _DRIVE.match(path) or path.lower().startswith("//localhost/"):
        return False
    is_rooted = path.startswith("///") and not path.startswith("////")
    return path.startswith("//") and not (is_rooted and path is not plain)


def starts_program(link: str) -> bool:
    """Tell whether a link is none to read, but a script or a command for a program."""
    return bool(_RUNNING.match(_plain(link)))


def is_elsewhere(link: str) -> bool:
    """Tell whether a link leads away from the own computer."""
    plain = _plain(link)
    if is_on_the_network(link):
        return True
    return bool(_SCHEME.match(plain)) and not _FILE.match(plain) and not _DRIVE.match(plain)


def _plain(link: str) -> str:
    signs = "".join(sign for sign in unquote(link) if sign > " ")
    return signs.replace("\\", "/")
