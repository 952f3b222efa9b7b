"""Uploaded files: known by their first bytes as well as by their ending (design: reliability 3).

Office files are ZIP archives: their directory is judged before anything reads them, and macros are
refused. Nothing is unpacked here.
"""

import io
import zipfile

from cooperation.core.text import Text, _

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
}

_MAGIC = {
    "pdf": b"%PDF-",
    "png": b"\x89PNG\r\n\x1a\n",
    "jpeg": b"\xff\xd8\xff",
    "jpg": b"\xff\xd8\xff",
}
_MAIN_MEMBER = {
    "docx": "word/document.xml",
    "xlsx": "xl/workbook.xml",
    "odt": "content.xml",
}
_MOST_MEMBERS = 1000
_MOST_BYTES = 100 * 1024 * 1024
_MOST_RATIO = 200


def ending_of(name: str) -> str:
    """Return a file name's ending in small letters."""
    return name.rpartition(".")[2].lower()


def content_type_of(name: str) -> str:
    """Return the content type that a name's ending stands for; raises `KeyError`."""
    return CONTENT_TYPES[ending_of(name)]


def content_problem(name: str, content: bytes) -> Text | None:
    """Say why the bytes are not what the name's ending promises."""
    ending = ending_of(name)
    magic = _MAGIC.get(ending)
    if magic is not None:
        return None if content.startswith(magic) else _wrong_content(ending)
    if ending not in _MAIN_MEMBER:
        return _wrong_content(ending)
    return _archive_problem(ending, content)


def _wrong_content(ending: str) -> Text:
    return _(
        "The file's content is not %(kind)s. Save it anew and add it again.", kind=ending.upper()
    )


def _archive_problem(ending: str, content: bytes) -> Text | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, OverflowError):
        return _wrong_content(ending)
    names = {member.filename for member in members}
    if _MAIN_MEMBER[ending] not in names:
        return _wrong_content(ending)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return _("The file contains macros. Save it without macros and add it again.")
    size = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members) or 1
    if len(members) > _MOST_MEMBERS or size > _MOST_BYTES or size / packed > _MOST_RATIO:
        return _("The file unpacks to too much. Add a smaller one.")
    return None
