"""What a backup says of itself: a text that the log's signer signs, read in exactly one way.

cooperation backup/1
instance <id>
taken <UTC, milliseconds>
engine sqlite | postgresql
revision <schema>
root-versions <version>[,<version>]
log <size> <base64 root>
table <name> <rows> <SHA-256 hex of the table's lines>      one line a table, by name
part <name> <bytes> <SHA-256 hex>                           `rows`, then `database`
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cooperation.core.errors import Broken
from cooperation.core.text import _
from cooperation.vault.errors import NoteRefusedError
from cooperation.vault.signed_notes import from_base64, number_of, to_base64

FIRST_LINE = "cooperation backup/1"
ROWS, DATABASE = "rows", "database"
PARTS = (ROWS, DATABASE)
ENGINES = frozenset({"sqlite", "postgresql"})

LEFT_OUT = frozenset(
    {
        "sessions",
        "pending_sign_ins",
        "enrolments",
        "passkey_challenges",
        "prepared_signings",
        "outcomes",
    }
)
"""Tables whose rows are in no backup: sign-ins and forms under way, worthless without the boot."""
UNSIGNED = frozenset({"alembic_version", "restore_under_way"})
"""Tables that the manifest does not list: the revision has a line of its own."""

_TABLE = re.compile(r"[a-z][a-z_]*")
_HEX = re.compile(r"[0-9a-f]{64}")
_WORD = re.compile(r"[0-9A-Za-z.-]{1,40}")
_HEAD_LINES = 7


class ManifestRefusedError(Broken):
    """The manifest of a backup is not one of this kind."""

    sentence = _("The manifest of this backup cannot be read.")


@dataclass(frozen=True)
class Counted:
    """How many rows a table has, or bytes a part, and the hash over them."""

    size: int
    digest: str


@dataclass(frozen=True)
class Manifest:
    """What was backed up, when, of which instance, and what must be found again."""

    instance: str
    taken: datetime
    engine: str
    revision: str
    root_versions: tuple[int, ...]
    log_size: int
    log_root: bytes
    tables: Mapping[str, Counted]
    parts: Mapping[str, Counted]

    @property
    def text(self) -> str:
        """The manifest as it is signed."""
        moment = self.taken.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        lines = [
            FIRST_LINE,
            f"instance {self.instance}",
            f"taken {moment}",
            f"engine {self.engine}",
            f"revision {self.revision}",
            f"root-versions {','.join(map(str, self.root_versions))}",
            f"log {self.log_size} {to_base64(self.log_root)}",
        ]
        lines += [
            f"table {name} {each.size} {each.digest}" for name, each in sorted(self.tables.items())
        ]
        lines += [
            f"part {name} {self.parts[name].size} {self.parts[name].digest}" for name in PARTS
        ]
        return "\n".join(lines) + "\n"


def parse_manifest(text: str) -> Manifest:
    """Return what a manifest's text says; raises `ManifestRefusedError` for any other spelling."""
    lines = text.splitlines()
    try:
        found = _parsed(lines)
        is_same = found.text == text
    except (ValueError, IndexError, KeyError, NoteRefusedError) as failure:
        raise ManifestRefusedError from failure
    if not is_same:
        raise ManifestRefusedError
    return found


def _parsed(lines: list[str]) -> Manifest:
    head = dict(line.split(" ", 1) for line in lines[1:_HEAD_LINES])
    size, root = head["log"].split(" ")
    instance, engine, revision = (
        _matching(_WORD, head[name]) for name in ("instance", "engine", "revision")
    )
    if lines[0] != FIRST_LINE or engine not in ENGINES:
        raise ValueError("another kind")
    return Manifest(
        instance=instance,
        taken=datetime.fromisoformat(head["taken"]),
        engine=engine,
        revision=revision,
        root_versions=tuple(number_of(each) for each in head["root-versions"].split(",")),
        log_size=number_of(size),
        log_root=from_base64(root),
        tables=_counted(lines[_HEAD_LINES:], "table"),
        parts=_counted(lines[_HEAD_LINES:], "part"),
    )


def _counted(lines: list[str], kind: str) -> dict[str, Counted]:
    rows = [line.split(" ")[1:] for line in lines if line.startswith(f"{kind} ")]
    return {
        _matching(_TABLE, name): Counted(number_of(size), _matching(_HEX, digest))
        for name, size, digest in rows
    }


def _matching(pattern: re.Pattern[str], text: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError("not in this form")
    return text
