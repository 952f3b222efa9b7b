"""The file of a backup: one tar of manifest, rows and database, in the clear or encrypted by age.

It is written aside, forced to the disk and renamed: what is killed on the way looks like no backup.
"""

import io
import os
import shutil
import tarfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO, TypeVar

from cooperation.core.disk import force_to_disk
from cooperation.core.errors import Broken, Conflict
from cooperation.core.failpoints import reach
from cooperation.core.text import _
from cooperation.safekeeping.rules.manifest import PARTS, Counted
from cooperation.vault import age

Checked = TypeVar("Checked")

MANIFEST = "manifest"
_MOST_MANIFEST = 1 << 20
_AT_ONCE = 1 << 20


class ArchiveRefusedError(Broken):
    """The file is no backup, or is damaged where nothing inside can be read."""

    sentence = _("This file is not a backup of the platform, or its beginning is damaged.")


class FileExistsThereError(Conflict):
    """A backup never takes another file's place."""

    sentence = _("There is a file of this name already. Nothing was written.")


@contextmanager
def working_folder(target: Path) -> Iterator[Path]:
    """Give a folder beside the target that is gone afterwards; so are those of killed commands."""
    if target.exists():
        raise FileExistsThereError
    for left in target.parent.glob(f".{target.name}.*.partial"):
        shutil.rmtree(left, ignore_errors=True)
    folder = target.with_name(f".{target.name}.{os.getpid()}.partial")
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def counted(place: Path) -> Counted:
    """Return the size and hash of a part."""
    with place.open("rb") as file:
        return Counted(place.stat().st_size, file_digest(file, "sha256").hexdigest())


def write_archive(folder: Path, target: Path, manifest: str, recipients: Sequence[str]) -> None:
    """Put the parts in the folder together, and the whole in its place."""
    aside = folder / "archive"
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        if recipients:
            _write_encrypted(folder, manifest, file, recipients)
        else:
            _write_tar(folder, manifest, file)
        file.flush()
        os.fsync(file.fileno())
    reach("backup.written")
    if target.exists():
        raise FileExistsThereError
    aside.rename(target)
    force_to_disk(target.parent)


def _write_encrypted(
    folder: Path, manifest: str, file: BinaryIO, recipients: Sequence[str]
) -> None:
    """Encrypt while the tar is made, so that it never stands in the clear beside the database."""
    reading, writing = os.pipe()
    failures: list[BaseException] = []

    def write() -> None:
        try:
            with os.fdopen(writing, "wb") as pipe:
                _write_tar(folder, manifest, pipe)
        except BaseException as failure:
            failures.append(failure)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with os.fdopen(reading, "rb") as pipe:
            age.encrypt(pipe, file, recipients)
    finally:
        writer.join()
    if failures:
        raise failures[0]


def _write_tar(folder: Path, manifest: str, file: BinaryIO) -> None:
    with tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        content = manifest.encode()
        tar.addfile(_member(MANIFEST, len(content)), io.BytesIO(content))
        for name in PARTS:
            with (folder / name).open("rb") as part:
                tar.addfile(_member(name, (folder / name).stat().st_size), part)


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, 0
    return member


def is_encrypted(source: Path) -> bool:
    """Tell whether age has encrypted the file."""
    with source.open("rb") as file:
        return file.read(len(age.MARK)) == age.MARK


def open_archive(
    source: Path,
    folder: Path,
    identity: str | None,
    check: Callable[[str], tuple[Checked, Mapping[str, Counted]]],
) -> Checked:
    """Write the parts of a backup into a folder; return what `check` makes of its manifest.

    It is called first and tells the parts' signed sizes: nothing longer is ever written. Raises
    `ArchiveRefusedError`, what `check` raises, and what `vault.age` raises.
    """
    if is_encrypted(source):
        if identity is None:
            raise ArchiveRefusedError(_("This backup is encrypted: say --identity FILE."))
        plain = folder / "archive"
        with source.open("rb") as reader, plain.open("xb") as writer:
            age.decrypt(reader, writer, identity)
        source = plain
    try:
        with tarfile.open(source, "r:") as tar:
            found, sizes = check(_part(tar, MANIFEST).read(_MOST_MANIFEST).decode())
            for name in PARTS:
                with _part(tar, name) as part, (folder / name).open("xb") as file:
                    _copy(part, file, sizes[name].size + 1)
    except (tarfile.TarError, UnicodeDecodeError, KeyError, EOFError) as failure:
        raise ArchiveRefusedError from failure
    (folder / "archive").unlink(missing_ok=True)
    return found


def _part(tar: tarfile.TarFile, name: str) -> BinaryIO:
    """Return a member by name: nothing in the archive says where it is written.

    A link, a device or a file with holes is none of ours, and is not followed or filled.
    """
    member = tar.getmember(name)
    found = tar.extractfile(member) if member.isreg() and not member.issparse() else None
    if found is None:
        raise ArchiveRefusedError
    return found  # type: ignore[return-value] # a buffered reader is one


def _copy(part: BinaryIO, file: BinaryIO, most: int) -> None:
    """Copy at most so many bytes: one more than was signed tells that a part is too long."""
    while most and (content := part.read(min(most, _AT_ONCE))):
        file.write(content)
        most -= len(content)
