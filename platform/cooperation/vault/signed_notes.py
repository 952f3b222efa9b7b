"""Signed notes and checkpoints, in the text formats of C2SP; pure.

Sources: c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature (Ed25519). Signed
is the text with its last newline. Whatever is not written in exactly one way is refused: two
different notes never mean the same.
"""

import base64
import binascii
import re
import struct
from dataclasses import dataclass
from hashlib import sha256

from cooperation.vault.errors import NoteRefusedError
from cooperation.vault.keys import SigningKey, is_signed

LOG_KIND = 0x01
WITNESS_KIND = 0x04
HASH_BYTES = 32
_PUBLIC_BYTES = 32
_SIGNATURE_BYTES = 64
_ID_BYTES = 4
_MOST_SIGNATURES = 100
_LINE_MARK = "— "
_HEAD_LINES = 3
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,200}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_NUMBER_END = 1 << 63
"""What a column of the database holds no more."""
_time = struct.Struct(">Q")


def to_base64(content: bytes) -> str:
    """Return standard base64 with padding."""
    return base64.b64encode(content).decode()


def from_base64(text: str) -> bytes:
    """Return what `text` stands for; raises `NoteRefusedError` for any other spelling of it."""
    try:
        content = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, ValueError) as failure:
        raise NoteRefusedError from failure
    if to_base64(content) != text:
        raise NoteRefusedError
    return content


def number_of(text: str) -> int:
    """Return a decimal number below 2^63; raises `NoteRefusedError` for any other spelling."""
    if not _NUMBER.fullmatch(text) or int(text) >= _NUMBER_END:
        raise NoteRefusedError
    return int(text)


@dataclass(frozen=True)
class NoteKey:
    """A public key with the name that it signs under; `kind` is 0x01 for logs, 0x04 for witnesses.

    Raises `NoteRefusedError` for a name with spaces or a plus sign, and for other kinds.
    """

    name: str
    public_key: bytes
    kind: int = LOG_KIND

    def __post_init__(self) -> None:
        is_known = self.kind in {LOG_KIND, WITNESS_KIND} and len(self.public_key) == _PUBLIC_BYTES
        if not is_known or not _NAME.fullmatch(self.name):
            raise NoteRefusedError

    @property
    def key_id(self) -> bytes:
        """The four bytes that stand before each signature of this key."""
        typed = bytes([self.kind]) + self.public_key
        return sha256(self.name.encode() + b"\n" + typed).digest()[:_ID_BYTES]

    @property
    def vkey(self) -> str:
        """The key as text: `name+id+base64`."""
        typed = bytes([self.kind]) + self.public_key
        return f"{self.name}+{self.key_id.hex()}+{to_base64(typed)}"


def vkey_of(name: str, key: SigningKey, kind: int = LOG_KIND) -> str:
    """Return the public half of `key` as text."""
    return NoteKey(name, key.public_bytes(), kind).vkey


def parse_vkey(text: str) -> NoteKey:
    """Return the key that `name+id+base64` says; raises `NoteRefusedError`."""
    name, _plus, rest = text.partition("+")
    key_id, _plus, encoded = rest.partition("+")
    typed = from_base64(encoded)
    if not typed:
        raise NoteRefusedError
    key = NoteKey(name, typed[1:], typed[0])
    if key.key_id.hex() != key_id:
        raise NoteRefusedError
    return key


@dataclass(frozen=True)
class NoteSignature:
    """One signature line; `signature` is without the key's id."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line as notes hold it, with its newline."""
        return f"{_LINE_MARK}{self.name} {to_base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True)
class Note:
    """A text, which ends with a newline, and the signatures below it."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def signatures_of(self, key: NoteKey) -> tuple[NoteSignature, ...]:
        """Return the lines that claim to be of this key."""
        return tuple(
            each for each in self.signatures if each.name == key.name and each.key_id == key.key_id
        )


def signed_note(text: str, name: str, key: SigningKey) -> str:
    """Return `text`, which must end with a newline, with the signature of a log's key below it."""
    _refuse_text(text)
    public = NoteKey(name, key.public_bytes())
    return f"{text}\n{NoteSignature(name, public.key_id, key.sign(text.encode())).line}"


def parse_note(note: str) -> Note:
    """Take a note apart; raises `NoteRefusedError`. No signature is verified here."""
    text, mark, below = note.rpartition("\n\n")
    if not mark:
        raise NoteRefusedError
    text += "\n"
    _refuse_text(text)
    if not below.endswith("\n"):
        raise NoteRefusedError
    lines = below[:-1].split("\n")
    if len(lines) > _MOST_SIGNATURES:
        raise NoteRefusedError
    return Note(text, tuple(parse_signature(line) for line in lines))


def parse_signature(line: str) -> NoteSignature:
    """Return what one signature line, without its newline, says; raises `NoteRefusedError`."""
    if not line.startswith(_LINE_MARK):
        raise NoteRefusedError
    name, _space, encoded = line.removeprefix(_LINE_MARK).partition(" ")
    content = from_base64(encoded)
    if not _NAME.fullmatch(name) or len(content) <= _ID_BYTES:
        raise NoteRefusedError
    return NoteSignature(name, content[:_ID_BYTES], content[_ID_BYTES:])


def verify_note(note: str, key: NoteKey) -> str:
    """Return the text if a log's key has signed it; raises `NoteRefusedError`."""
    parsed = parse_note(note)
    claimed = parsed.signatures_of(key)
    is_good = [is_signed(key.public_key, each.signature, parsed.text.encode()) for each in claimed]
    if key.kind != LOG_KIND or not is_good or not all(is_good):
        raise NoteRefusedError
    return parsed.text


def _refuse_text(text: str) -> None:
    if not text.endswith("\n") or any(
        character != "\n" and (character < " " or character == "\x7f") for character in text
    ):
        raise NoteRefusedError


@dataclass(frozen=True)
class TreeHead:
    """What a checkpoint says: which log, how many entries, which root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"


def parse_tree_head(text: str) -> TreeHead:
    """Return what a checkpoint's text says; raises `NoteRefusedError`, for more lines too."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise NoteRefusedError
    root = from_base64(lines[2])
    if not _NAME.fullmatch(lines[0]) or len(root) != HASH_BYTES:
        raise NoteRefusedError
    return TreeHead(lines[0], number_of(lines[1]), root)


def cosignature(text: str, name: str, key: SigningKey, seconds: int) -> NoteSignature:
    """Return a witness's signature of a checkpoint's text, made at `seconds` since the epoch."""
    public = NoteKey(name, key.public_bytes(), WITNESS_KIND)
    made = key.sign(_cosigned(text, seconds))
    return NoteSignature(name, public.key_id, _time.pack(seconds) + made)


def cosigned_at(text: str, found: NoteSignature, key: NoteKey) -> int:
    """Return when this witness cosigned a checkpoint's text; raises `NoteRefusedError`."""
    is_hers = key.kind == WITNESS_KIND and (found.name, found.key_id) == (key.name, key.key_id)
    if not is_hers or len(found.signature) != _time.size + _SIGNATURE_BYTES:
        raise NoteRefusedError
    seconds: int = _time.unpack(found.signature[: _time.size])[0]
    if not is_signed(key.public_key, found.signature[_time.size :], _cosigned(text, seconds)):
        raise NoteRefusedError
    return seconds


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
