"""Forms read in time that grows with their bytes alone, and never more fields than a page has.

Werkzeug reads percent escapes one by one, and asks a function for every byte that is no UTF-8; its
limit of fields holds for multipart alone; the lines above a part's content it reads however long
they are. All this matters before anybody is known.
"""

import binascii
import io
import re
from collections.abc import Iterator
from typing import IO

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

FORM_PARTS = 1000
KEPT_BYTES = 3 * 1024 * 1024
"""The most that is taken where no file is."""
_MULTIPART = "multipart/form-data"
_LONGEST_HEAD = 4096
_BLANK_LINE = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_URL_ENCODED = "application/x-www-form-urlencoded"
_STRAY_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_MOST_STRAY = 1000

Parsed = tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]


class FormParser(FormDataParser):
    """Werkzeug's parser, with a reading of its own of what is not multipart."""

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> Parsed:
        """Return stream, fields and files; raises `RequestEntityTooLarge`, `BadRequest`."""
        if mimetype == _MULTIPART and (self.max_content_length or 0) <= KEPT_BYTES:
            body = stream.read()
            _refuse_long_heads(body, (options or {}).get("boundary", ""))
            stream = io.BytesIO(body)
        if mimetype != _URL_ENCODED:
            return super().parse(stream, mimetype, content_length, options)
        body = stream.read()
        if self.max_form_memory_size is not None and len(body) > self.max_form_memory_size:
            raise RequestEntityTooLarge
        return stream, MultiDict(url_encoded_pairs(body)), MultiDict()


def _refuse_long_heads(body: bytes, boundary: str) -> None:
    """Refuse a part whose lines before its content are longer than any page's.

    Uploads are not looked at: who may send one is known.
    """
    mark = re.compile(rb"[\r\n]--%b(--|[ \t]*+[\r\n])" % re.escape(boundary.encode()))
    start = 0
    while True:
        blank = _BLANK_LINE.search(body, start, start + _LONGEST_HEAD)
        if blank is None:
            if len(body) - start > _LONGEST_HEAD:
                raise RequestEntityTooLarge
            return
        found = mark.search(body, blank.end())
        if found is None or found[1] == b"--":
            return
        start = found.end()


def url_encoded_pairs(body: bytes) -> list[tuple[str, str]]:
    """Return the fields of a URL-encoded body; raises `RequestEntityTooLarge`, `BadRequest`."""
    if body.count(b"&") >= FORM_PARTS:
        raise RequestEntityTooLarge
    body, stray = _STRAY_PERCENT.subn(b"%25", body, count=_MOST_STRAY + 1)
    if stray > _MOST_STRAY:
        raise BadRequest
    return list(_pairs(body))


def _pairs(body: bytes) -> Iterator[tuple[str, str]]:
    for pair in body.split(b"&"):
        if pair:
            name, _equals, value = pair.partition(b"=")
            yield _unescaped(name), _unescaped(value)


def _unescaped(text: bytes) -> str:
    """Undo plus signs and percent escapes, at once: they are quoted-printable with another sign."""
    printable = text.replace(b"+", b" ").replace(b"=", b"=3D").replace(b"%", b"=")
    return binascii.a2b_qp(printable).decode("utf-8", errors="replace")
