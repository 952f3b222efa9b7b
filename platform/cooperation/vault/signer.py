"""The signer of the log: its key and what it has signed, in a folder outside of the database.

It never signs less than it has signed: for one origin it refuses a smaller size, another root at
the same size, and a size whose consistency with the last one is not proven (design: reliability 2,
Checkpoint). So whoever puts an old database back is found by the next signature. The folder holds
`key` (made once), `signed` (the last size and root by origin, on the disk *before* a signature
leaves), `checkpoints` (every note that was signed, appended) and `lock`.
"""

import base64
import fcntl
import json
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from cooperation.core.disk import force_to_disk
from cooperation.core.failpoints import reach
from cooperation.core.text import _
from cooperation.vault.archive import parts_text
from cooperation.vault.errors import CannotOpen, NoteRefusedError, SignerRefusedError
from cooperation.vault.keys import SigningKey
from cooperation.vault.proofs import is_consistent
from cooperation.vault.signed_notes import (
    NoteKey,
    TreeHead,
    parse_tree_head,
    signed_note,
    to_base64,
)

FORMAT = "cp/signer/1"
_NOTE = re.compile(r"(?m)^[^\n]+\n[0-9]+\n[^\n]+\n\n(?:\N{EM DASH} [^\n]+\n)+")
_SECONDS_FOR_A_TURN = 2.0
_SECONDS_BETWEEN_TRIES = 0.005

Prover = Callable[[int], Sequence[bytes]]
"""Gives the consistency proof from a size to the one that is to be signed."""


class Signer:
    """The folder of one host; any number of processes may share it, one signs at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def has_key(self) -> bool:
        """Whether the key was made or put here."""
        return self._path("key").exists()

    def make_key(self) -> None:
        """Make the log's key, for its owner alone; an existing one stays."""
        if self.has_key:
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.turn():
            if self.has_key:
                return  # another process was first
            content = {"format": FORMAT, "key": to_base64(SigningKey.generate().raw)}
            self._written_aside("key", content).replace(self._path("key"))
            force_to_disk(self._folder)

    def public_key(self, origin: str) -> NoteKey:
        """Return the public half under the log's name; raises `SignerRefusedError`."""
        return NoteKey(origin, self._key().public_bytes())

    def signed(self) -> dict[str, TreeHead]:
        """Return the last tree head signed here by origin, the latest last.

        Raises `SignerRefusedError` where the file is away although notes were signed.
        """
        try:
            content = json.loads(self._path("signed").read_text())
            heads = [
                parse_tree_head(f"{each['origin']}\n{each['size']}\n{each['root']}\n")
                for each in content["signed"]
            ]
        except FileNotFoundError as failure:
            if self._path("checkpoints").exists():
                raise SignerRefusedError(
                    _("The signer's record of what it signed is away: put it back.")
                ) from failure
            return {}
        except (OSError, ValueError, KeyError, TypeError, NoteRefusedError) as failure:
            raise SignerRefusedError(
                _("The signer's record of what it signed cannot be read.")
            ) from failure
        return {head.origin: head for head in heads}

    def notes(self) -> list[str]:
        """Return the notes that were written down, of which nothing is verified here."""
        try:
            kept = self._path("checkpoints").read_text(errors="replace")
        except OSError:
            return []
        return _NOTE.findall(kept)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Keep every other process from signing meanwhile; raises `SignerRefusedError`."""
        try:
            descriptor = os.open(self._path("lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as failure:
            raise SignerRefusedError(_("The signer's folder cannot be written.")) from failure
        try:
            _lock(descriptor)
            yield
        finally:
            os.close(descriptor)

    def sign(self, head: TreeHead, prove: Prover) -> str:
        """Return the signed checkpoint; only within `turn`. Raises `SignerRefusedError`.

        A crash after the record was written costs nothing: the same head is signed again.
        """
        key = self._key()
        heads = self.signed()
        require_growth(heads.pop(head.origin, None), head, prove)
        heads[head.origin] = head
        try:
            self._record(heads)
            reach("signer.state_written")
            note = signed_note(head.text, head.origin, key)
            self._append(note)
        except OSError as failure:
            raise SignerRefusedError(_("The signer's folder cannot be written.")) from failure
        reach("signer.signed")
        return note

    def sign_parts(self, origin: str, parts: Mapping[str, bytes]) -> str:
        """Return the signed list of an archive's parts; raises `SignerRefusedError`.

        It begins with a heading of its own, so that it never reads as a checkpoint.
        """
        return signed_note(parts_text(parts), origin, self._key())

    def sign_text(self, text: str, origin: str) -> str:
        """Return a text with the log's signature below it; raises `SignerRefusedError`.

        The first line says what it is; nothing that could pass for a checkpoint is signed here.
        """
        if text.startswith((origin, "cooperation.log/")):
            raise SignerRefusedError
        return signed_note(text, origin, self._key())

    def _record(self, heads: Mapping[str, TreeHead]) -> None:
        signed = [
            {"origin": each.origin, "size": each.size, "root": to_base64(each.root)}
            for each in heads.values()
        ]
        aside = self._written_aside("signed", {"format": FORMAT, "signed": signed})
        aside.replace(self._path("signed"))
        force_to_disk(self._folder)

    def _append(self, note: str) -> None:
        """Write the note down; a blank line parts it from the next.

        Not forced to the disk: what a power cut takes is signed again, the same to the byte.
        """
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        with os.fdopen(os.open(self._path("checkpoints"), flags, 0o600), "ab") as file:
            file.write(f"{note}\n".encode())

    def _key(self) -> SigningKey:
        try:
            found = self._path("key").stat()
            content = json.loads(self._path("key").read_text())
            key = SigningKey(base64.b64decode(content["key"], validate=True))
        except FileNotFoundError as failure:
            raise SignerRefusedError(
                _("The signer's key is away: put the copy of its folder back.")
            ) from failure
        except (OSError, ValueError, KeyError, TypeError, CannotOpen) as failure:
            raise SignerRefusedError(_("The signer's key cannot be read.")) from failure
        if not stat.S_ISREG(found.st_mode) or found.st_mode & 0o077:
            raise SignerRefusedError(
                _("The signer's key may be readable by its owner alone (chmod 600).")
            )
        return key

    def _path(self, name: str) -> Path:
        return self._folder / name

    def _written_aside(self, name: str, content: Mapping[str, object]) -> Path:
        aside = self._path(f"{name}.new")
        aside.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        with os.fdopen(os.open(aside, flags, 0o600), "w") as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        return aside


def require_growth(last: TreeHead | None, head: TreeHead, prove: Prover) -> None:
    """Raise `SignerRefusedError` unless `head` only adds to what was signed last."""
    if last is None:
        return
    if head.size < last.size:
        raise SignerRefusedError(
            _(
                "The log has %(size)s entries, but %(signed)s were signed: an old database was "
                "put back, or its log was cut (docs/operations.md, Restore).",
                size=head.size,
                signed=last.size,
            )
        )
    proof = prove(last.size) if head.size > last.size else ()
    if not is_consistent((last.size, last.root), (head.size, head.root), proof):
        raise SignerRefusedError(
            _(
                "The first %(signed)s entries of the log are not those that were signed: it was "
                "rewritten, or another database was put here (docs/operations.md, Restore).",
                signed=last.size,
            )
        )


def _lock(descriptor: int) -> None:
    until = monotonic() + _SECONDS_FOR_A_TURN
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as failure:
            if monotonic() > until:
                raise SignerRefusedError(_("Another process is signing.")) from failure
            sleep(_SECONDS_BETWEEN_TRIES)
        else:
            return
