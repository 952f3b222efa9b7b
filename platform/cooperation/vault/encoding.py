"""Unambiguous bytes for everything that is signed, hashed or bound to a cipher.

Two lists of fields never encode to the same bytes: each field carries its length. JSON is
canonical: sorted keys, no spaces, NFC, whole numbers only (design: reliability 2, Entry).
"""

import json
from collections.abc import Mapping, Sequence
from struct import Struct
from struct import error as StructError  # noqa: N812 - an exception, in spite of its name

from cooperation.core.characters import nfc
from cooperation.vault.errors import CannotOpen

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]

_LENGTH_BYTES = 4
_length_at = Struct(">I").unpack_from
_length_of = Struct(">I").pack


def length_prefixed(*fields: bytes | str | int) -> bytes:
    """Return the fields, each after its length in four bytes; text in UTF-8, numbers as digits."""
    parts: list[bytes] = []
    for field in fields:
        content = field if isinstance(field, bytes) else str(field).encode()
        parts.append(_length_of(len(content)))
        parts.append(content)
    return b"".join(parts)


def split_fields(encoded: bytes, count: int, most: int = 0) -> tuple[bytes, ...]:
    """Return the fields of `encoded`: `count`, or up to `most` where later forms have more.

    Raises `CannotOpen` when it is not exactly that.
    """
    fields: list[bytes] = []
    position = 0
    try:
        while len(fields) < count or (position < len(encoded) and len(fields) < most):
            start = position + _LENGTH_BYTES
            position = start + _length_at(encoded, position)[0]
            fields.append(encoded[start:position])
    except StructError as failure:
        raise CannotOpen from failure
    if position != len(encoded):
        raise CannotOpen
    return tuple(fields)


def canonical_json(value: Json) -> bytes:
    """Return the one JSON text of `value` as UTF-8; raises `TypeError` for anything but Json."""
    text = json.dumps(_normalised(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def _normalised(value: Json) -> Json:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return nfc(value)
    if isinstance(value, Mapping):
        return {nfc(key): _normalised(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_normalised(item) for item in value]
    raise TypeError(f"not canonical: {type(value).__name__}")
