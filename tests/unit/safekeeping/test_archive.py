"""What is no backup of ours is refused before anything of it is written (hostile archives)."""

import io
import tarfile
from pathlib import Path

import pytest

from cooperation.safekeeping.rules.manifest import Counted
from cooperation.safekeeping.service.archive import ArchiveRefusedError, open_archive

SIZES = {"rows": Counted(4, "00" * 32), "database": Counted(8, "00" * 32)}


def archive(place: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(place, "w", format=tarfile.PAX_FORMAT) as tar:
        for member, content in members:
            tar.addfile(member, io.BytesIO(content))
    return place


def member(name: str, content: bytes = b"", kind: bytes = tarfile.REGTYPE, link: str = ""):
    found = tarfile.TarInfo(name)
    found.size, found.type, found.linkname = len(content), kind, link
    return found, content


def opened(source: Path, folder: Path) -> str:
    folder.mkdir()
    return open_archive(source, folder, None, lambda note: (note, SIZES))


def test_an_archive_gives_its_parts_and_no_other_member(tmp_path):
    source = archive(
        tmp_path / "one",
        member("../outside", b"x"),
        member("/etc/outside", b"x"),
        member("manifest", b"signed"),
        member("rows", b"rows"),
        member("database", b"database"),
    )

    assert opened(source, tmp_path / "to") == "signed"

    assert sorted(each.name for each in (tmp_path / "to").iterdir()) == ["database", "rows"]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["one", "to"]


@pytest.mark.parametrize(
    ("kind", "link"),
    [
        (tarfile.SYMTYPE, "rows"),
        (tarfile.SYMTYPE, "database"),
        (tarfile.SYMTYPE, "/etc/passwd"),
        (tarfile.LNKTYPE, "manifest"),
        (tarfile.FIFOTYPE, ""),
        (tarfile.CHRTYPE, ""),
        (tarfile.DIRTYPE, ""),
    ],
)
def test_a_link_or_device_in_the_place_of_a_part_is_refused(tmp_path, kind, link):
    parts = [member("manifest", b"signed"), member("rows", kind=kind, link=link)]
    source = archive(tmp_path / "one", *parts, member("database", b"database"))

    with pytest.raises(ArchiveRefusedError):
        opened(source, tmp_path / "to")


def test_a_part_with_holes_is_not_filled(tmp_path):
    rows, content = member("rows", b"rows")
    rows.pax_headers = {
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": "rows",
        "GNU.sparse.realsize": str(1 << 40),
    }
    holes = f"1\n{(1 << 40) - 4}\n4\n".encode().ljust(512, b"\0") + content
    rows.size = len(holes)
    source = archive(
        tmp_path / "one", member("manifest", b"signed"), (rows, holes), member("database", b"x")
    )

    with pytest.raises(ArchiveRefusedError):
        opened(source, tmp_path / "to")


def test_nothing_longer_than_was_signed_is_written(tmp_path):
    long = b"d" * 3_000_000
    source = archive(
        tmp_path / "one",
        member("manifest", b"signed"),
        member("rows", b"rows"),
        member("database", long),
    )

    opened(source, tmp_path / "to")

    assert (tmp_path / "to" / "database").stat().st_size == SIZES["database"].size + 1


def test_a_manifest_that_is_refused_leaves_nothing_behind(tmp_path):
    def refuse(_note: str) -> tuple[str, dict[str, Counted]]:
        raise ArchiveRefusedError

    parts = [member("manifest", b"other"), member("rows", b"rows"), member("database", b"database")]
    source = archive(tmp_path / "one", *parts)
    (tmp_path / "to").mkdir()

    with pytest.raises(ArchiveRefusedError):
        open_archive(source, tmp_path / "to", None, refuse)

    assert list((tmp_path / "to").iterdir()) == []


def test_a_file_that_is_no_archive_or_lacks_a_part_is_refused(tmp_path):
    (tmp_path / "text").write_text("no backup")
    half = archive(tmp_path / "half", member("manifest", b"signed"), member("rows", b"rows"))

    for number, source in enumerate((tmp_path / "text", half)):
        with pytest.raises(ArchiveRefusedError):
            opened(source, tmp_path / f"to-{number}")
