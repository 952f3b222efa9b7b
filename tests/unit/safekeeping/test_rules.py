"""The manifest is read in one way only; the first row that differs is named."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cooperation.safekeeping.rules.lines import first_difference, line_of
from cooperation.safekeeping.rules.manifest import (
    Counted,
    Manifest,
    ManifestRefusedError,
    parse_manifest,
)
from cooperation.safekeeping.rules.tail import TailRefusedError, past_act

DIGEST = "ab" * 32
MANIFEST = Manifest(
    instance="433a340e-6985-4c77-b19f-3c0dd79a51bc",
    taken=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
    engine="sqlite",
    revision="0021",
    root_versions=(1, 2),
    log_size=552,
    log_root=bytes(32),
    tables={"grants": Counted(2, DIGEST), "people": Counted(1, DIGEST)},
    parts={"rows": Counted(10, DIGEST), "database": Counted(20, DIGEST)},
)


def lines(*names: str) -> list[str]:
    return [
        line_of("grants", ["id"], {"id": name, "sealed": name.encode(), "at": None})
        for name in names
    ]


def test_a_manifest_is_read_as_it_was_written():
    assert parse_manifest(MANIFEST.text) == MANIFEST


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("backup/1", "backup/2"),
        ("log 552", "log 0552"),
        ("engine sqlite", "engine oracle"),
        ("root-versions 1,2", "root-versions 1,2,"),
        (DIGEST, DIGEST.upper()),
        ("part rows", "part other"),
        ("taken 2026-11-22T09:30:00.000Z", "taken 2026-11-22T09:30:00Z"),
        ("\npart database", "\n\npart database"),
    ],
)
def test_a_manifest_written_in_another_way_is_refused(old, new):
    with pytest.raises(ManifestRefusedError):
        parse_manifest(MANIFEST.text.replace(old, new, 1))
    with pytest.raises(ManifestRefusedError):
        parse_manifest(replace(MANIFEST, parts={**MANIFEST.parts}).text + "more\n")


def test_the_first_row_that_differs_is_named():
    assert first_difference(lines("a", "b"), lines("a", "b")) is None
    assert first_difference(lines("a", "b", "c"), lines("a", "c")) == "grants b: it is missing"
    assert first_difference(lines("a"), lines("a", "b")) == "grants b: it is not in the list"
    assert first_difference(lines("a", "c"), lines("a", "b", "c")) == (
        "grants b: it is not in the list"
    )
    changed = line_of("grants", ["id"], {"id": "a", "sealed": b"b", "at": None})
    assert first_difference(lines("a"), [changed]) == "grants a: sealed was changed"
    moved = line_of("grants", ["id"], {"id": "a", "sealed": b"a", "at": 1})
    assert first_difference(lines("a"), [moved]) == "grants a: a plain column was changed"


@pytest.mark.parametrize("line", [b"", b"{}", b"[1]", b'{"seq":"x"}', b"\xff"])
def test_a_line_that_is_no_entry_is_refused(line):
    with pytest.raises(TailRefusedError):
        past_act(line)
