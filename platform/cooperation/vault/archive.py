"""The archive of a receipt or a published proof: stored parts, and a list of them that is signed.

Written by ourselves, so that there is one way to write it and a verifier can write it again and
compare (docs/receipt.md, sections 2 and 3). Pure.
"""

import struct
import zlib
from collections.abc import Mapping
from hashlib import sha256

PARTS_TEXT = "parts.txt"
_HEADING = "cooperation receipt parts/1\n"
_VERSION, _FIRST_OF_1980 = 20, 0x21
_facts = struct.Struct("<5HIIIHH")
_directory_rest = struct.Struct("<HHHII")
_end = struct.Struct("<4sHHHHIIH")


def parts_text(parts: Mapping[str, bytes]) -> str:
    """Return the text that the log's key signs: the hash and the name of each part in order."""
    lines = (f"{sha256(content).hexdigest()} {name}\n" for name, content in parts.items())
    return _HEADING + "".join(lines)


def write_archive(parts: Mapping[str, bytes]) -> bytes:
    """Return the ZIP file of these parts in their order; names are ASCII."""
    pieces: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for name, content in parts.items():
        encoded = name.encode("ascii")
        sizes = (zlib.crc32(content), len(content), len(content), len(encoded), 0)
        facts = _facts.pack(_VERSION, 0, 0, 0, _FIRST_OF_1980, *sizes)
        rest = _directory_rest.pack(0, 0, 0, 0, offset)
        directory.append(b"PK\x01\x02" + _VERSION.to_bytes(2, "little") + facts + rest + encoded)
        pieces += [b"PK\x03\x04", facts, encoded, content]
        offset += 4 + len(facts) + len(encoded) + len(content)
    listed = b"".join(directory)
    count = len(parts)
    end = _end.pack(b"PK\x05\x06", 0, 0, count, count, len(listed), offset, 0)
    return b"".join((*pieces, listed, end))
