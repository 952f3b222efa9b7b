"""What may come in at all: hosts, methods, sizes, characters (reliability 3; ASVS V2.2, V4.1).

Uploads stay in memory: Werkzeug would spool them to disk in the clear above 500 KB (vault.md,
Plaintext beside the vault). Every text is made what `core.characters` keeps once, here.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast
from urllib.parse import urlsplit

from flask import Request, current_app
from flask import request as current_request
from gunicorn.http.errors import ParseException
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import BadRequest, MethodNotAllowed
from werkzeug.http import parse_list_header
from werkzeug.utils import cached_property

from cooperation.accounts.rules import bare_address
from cooperation.core.characters import clean_token, holds_unwanted, tidied
from cooperation.core.requests import is_autosave
from cooperation.web.fields import SentFields
from cooperation.web.form_parser import FORM_PARTS, KEPT_BYTES, FormParser
from cooperation.web.server import server

METHODS = ("GET", "HEAD", "POST")
SAFE_METHODS = frozenset({"GET", "HEAD"})
BODY_BYTES = 1024 * 1024
UPLOAD_BYTES = 11 * 1024 * 1024

_HEALTH = "health.health"


class CharacterRefused(BadRequest):
    """A text holds a character that no keyboard types."""


def _pairs_of(found: MultiDict[str, str]) -> tuple[list[tuple[str, str]], bool]:
    """Return names and values as they are kept, and whether something was taken out of them."""
    pairs: list[tuple[str, str]] = []
    is_strange = False
    for name, value in found.items(multi=True):
        (name, odd_name), (value, odd_value) = tidied(name), tidied(value)
        is_strange = is_strange or odd_name or odd_value
        pairs.append((name, value))
    return pairs, is_strange


@contextmanager
def _broken_refused() -> Iterator[None]:
    """Refuse a body that ends early, or whose chunks are none."""
    try:
        yield
    except (OSError, ParseException) as failure:
        raise BadRequest from failure


class PlatformRequest(Request):
    """A request whose texts are normalised and whose uploads stay in memory."""

    max_form_parts = FORM_PARTS
    form_data_parser_class = FormParser
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

    def get_data(self, *given: Any, **named: Any) -> Any:
        """Return the body, which may be no form; raises `BadRequest` where it is broken."""
        with _broken_refused():
            return super().get_data(*given, **named)

    def _load_form_data(self) -> None:
        if self.has_form:
            return
        with _broken_refused():
            super()._load_form_data()
        found: MultiDict[str, str] = self.__dict__["form"]
        if None in found:  # a part of a body without a name
            raise BadRequest
        pairs, self.is_strange = _pairs_of(found)
        self.__dict__["form"] = SentFields(pairs)
        for upload in self.__dict__["files"].values():
            upload.filename = clean_token(upload.filename or "")

    @cached_property
    def args(self) -> ImmutableMultiDict[str, str]:
        """The fields of the address; they save nothing, so what is unwanted is left out."""
        return ImmutableMultiDict(_pairs_of(super().args)[0])

    @property
    def has_form(self) -> bool:
        """Whether the form was read, or that was tried, before now."""
        return "form" in self.__dict__

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
        return is_autosave(self.headers)


request = cast("PlatformRequest", current_request)
"""Flask's request; the factory makes it one of ours."""


def refuse_strange() -> None:
    """Refuse foreign hosts, undocumented methods and strange characters in the address."""
    if not _is_ours(urlsplit(f"//{request.host}").hostname or ""):
        raise BadRequest
    if not request.environ.get("RAW_URI", "/").startswith("/"):
        raise BadRequest  # an address with a host of its own: two names for one request
    _refuse_past_proxies()
    if request.method not in METHODS:
        raise MethodNotAllowed(valid_methods=_methods_here())
    if holds_unwanted(request.path):
        raise CharacterRefused


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
    """Refuse a request that no proxy passed on: its sender could name any address as its own."""
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
