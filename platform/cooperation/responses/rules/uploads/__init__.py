"""Uploaded files: known by their content as well as by their ending (design: reliability 3).

`clean_file` returns what may be kept: office files and PDFs as they came, images without what tells
of place, time and camera. Nothing is unpacked to a disk, and nothing is read without a bound.
"""

from collections.abc import Callable
from functools import partial

from cooperation.responses.rules.uploads.archives import check_archive
from cooperation.responses.rules.uploads.jpegs import clean_jpeg
from cooperation.responses.rules.uploads.pdfs import check_pdf
from cooperation.responses.rules.uploads.pngs import clean_png
from cooperation.responses.rules.uploads.refusals import (
    INFECTED,
    QUOTA,
    FileRefused,
    ending_of,
    wrong_content,
)
from cooperation.responses.rules.uploads.unlocking import Unlock

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
}

QUOTA_BYTES = 250 * 1024 * 1024
"""All files of one State, each counted once: two editions filled to their limits, and a half."""

_CLEANERS: dict[str, Callable[[bytes], bytes]] = {
    "docx": partial(check_archive, kind="docx"),
    "xlsx": partial(check_archive, kind="xlsx"),
    "odt": partial(check_archive, kind="odt"),
    "png": clean_png,
    "jpeg": clean_jpeg,
    "jpg": clean_jpeg,
}


def content_type_of(name: str) -> str:
    """Return the content type that a name's ending stands for; raises `KeyError`."""
    return CONTENT_TYPES[ending_of(name)]


def clean_file(name: str, content: bytes, unlock: Unlock | None = None) -> bytes:
    """Return what is kept of a file with this name; raises `FileRefused` with the reason.

    `unlock` opens a PDF that is locked but asks for no password; without it that is refused.
    """
    ending = ending_of(name)
    if ending == "pdf":
        return check_pdf(content, unlock)
    cleaner = _CLEANERS.get(ending)
    if cleaner is None:
        raise wrong_content(ending)
    return cleaner(content)


__all__ = [
    "CONTENT_TYPES",
    "INFECTED",
    "QUOTA",
    "QUOTA_BYTES",
    "FileRefused",
    "Unlock",
    "clean_file",
    "content_type_of",
    "ending_of",
]
