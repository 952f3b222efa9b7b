"""What may come in at all: hosts, methods, sizes, characters (reliability 3; ASVS V2.2, V4.1).

Uploads stay in memory: Werkzeug would spool them to disk in the clear above 500 KB (vault.md,
Plaintext beside the vault). Text is normalised to NFC once, here; control characters and overrides
of the writing direction are refused, line ends become one line feed.
"""

import io
import re
import unicodedata
from typing import IO
from urllib.parse import urlsplit

from flask import Request, current_app, request
from gunicorn.http.errors import ParseException
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, MethodNotAllowed
from werkzeug.http import parse_list_header

from cooperation.accounts.rules import bare_address
from cooperation.web.fields import SentFields
from cooperation.web.server import server

METHODS = ("GET", "HEAD", "POST")
SAFE_METHODS = frozenset({"GET", "HEAD"})
BODY_BYTES = 1024 * 1024
UPLOAD_BYTES = 11 * 1024 * 1024
KEPT_BYTES = 3 * 1024 * 1024
FORM_PARTS = 1000

_HEALTH = "health.health"

_FORBIDDEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\ufff9-\ufffb]")
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")


class CharacterRefused(BadRequest):
    """A text holds a character that no keyboard types."""


def clean_text(value: str) -> str:
    """Return `value` in NFC with plain line ends; raises `CharacterRefused`."""
    if _is_strange(value):
        raise CharacterRefused
    return without_strange(value)


def without_strange(value: str) -> str:
    """Return `value` in NFC with plain line ends and without forbidden characters."""
    return unicodedata.normalize("NFC", _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", value)))


def _is_strange(value: str) -> bool:
    return bool(_FORBIDDEN.search(_LINE_ENDS.sub("\n", value)))


class PlatformRequest(Request):
    """A request whose texts are normalised and whose uploads stay in memory."""

    max_form_parts = FORM_PARTS
    is_strange = False
    """Whether the form held characters that nobody types; they are taken out, and it is refused."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        del total_content_length, content_type, filename, content_length
        return io.BytesIO()

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        try:
            super()._load_form_data()
        except (OSError, ParseException) as failure:  # the body ends early, or its chunks are none
            raise BadRequest from failure
        found: MultiDict[str | None, str] = self.__dict__["form"]
        if None in found:  # a part of a body without a name
            raise BadRequest
        pairs = [(name or "", value) for name, value in found.items(multi=True)]
        self.is_strange = any(_is_strange(text) for pair in pairs for text in pair)
        self.__dict__["form"] = SentFields(
            (without_strange(name), without_strange(value)) for name, value in pairs
        )

    @property
    def fields(self) -> SentFields:
        """The fields of the form, which remember who asked for them."""
        form = self.form
        assert isinstance(form, SentFields)  # noqa: S101 - made so above
        return form

    @property
    def is_unsafe(self) -> bool:
        """Whether the method may change something."""
        return self.method not in SAFE_METHODS

    @property
    def is_autosave(self) -> bool:
        """Whether the script of a page, not its reader, sent this."""
        return self.headers.get("X-Requested-With") == "autosave"


def refuse_strange() -> None:
    """Refuse foreign hosts, undocumented methods and strange characters in the address."""
    if not _is_ours(urlsplit(f"//{request.host}").hostname or ""):
        raise BadRequest
    if not request.environ.get("RAW_URI", "/").startswith("/"):
        raise BadRequest  # an address with a host of its own: two names for one request
    _refuse_past_proxies()
    if request.method not in METHODS:
        raise MethodNotAllowed(valid_methods=_methods_here())
    for name, value in request.args.items(multi=True):
        clean_text(name)
        clean_text(value)
    clean_text(request.path)


def _is_ours(host: str) -> bool:
    """Tell whether we answer to this name; the watchman may ask by address, and is told nothing."""
    return host.lower() in server().settings.hosts or (
        request.endpoint == _HEALTH and bare_address(host) != ""
    )


def _methods_here() -> list[str]:
    """Return the methods that this address takes; all of ours where there is nothing."""
    adapter = current_app.create_url_adapter(request)
    found = adapter.allowed_methods() if adapter is not None else ()
    return sorted(set(METHODS).intersection(found)) or list(METHODS)


def _refuse_past_proxies() -> None:
    """Refuse what came past the proxies: its sender could name any address as its own."""
    count = server().settings.trusted_proxies
    if not count or request.endpoint == _HEALTH:
        return
    passed = parse_list_header(request.headers.get("X-Forwarded-For", ""))
    if len(passed) < count:
        raise BadRequest


def set_limits(*, takes_files: bool, keeps_fields: bool) -> None:
    """Bound the body: 1 MB, with files 10 MB and a margin, sign-in with kept fields 3 MB."""
    takes_files = takes_files and request.mimetype == "multipart/form-data"
    limit = UPLOAD_BYTES if takes_files else KEPT_BYTES if keeps_fields else BODY_BYTES
    request.max_content_length = limit
    request.max_form_memory_size = KEPT_BYTES if keeps_fields else BODY_BYTES
