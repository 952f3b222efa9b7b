"""What a checkpoint of a long log costs: 100,000 entries, the signer's folder on the same disk.

What a submission's answer waits for is one of these: the root from the stored sub-trees, what is
signed forced to the disk, a signature, one row. `python -m benchmarks.checkpoints FOLDER` measures
these alone, in a new folder.
"""

import shutil
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from pydantic import SecretStr

from benchmarks.limits import COMMIT, commit_task
from benchmarks.timing import Task, line_of, measure, print_table
from cooperation.audit import service as audit
from cooperation.audit.models import LogEntry, LogNode
from cooperation.audit.rules import Frontier, inclusion_root
from cooperation.core.clock import FixedClock
from cooperation.core.db import Base, Database, make_engine
from cooperation.core.settings import Mode, Settings
from cooperation.vault.merkle import leaf_hash
from cooperation.vault.root import RootKeys
from cooperation.vault.signed_notes import from_base64

ENTRIES = 100_000
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
INSTANCE = "0b5f0a3e-6a3f-4c58-9d4e-0d6b8a1f2c33"


@dataclass(frozen=True)
class _LongLog:
    database: Database
    settings: Settings
    root: RootKeys
    clock: FixedClock


def build(folder: Path, entries: int) -> _LongLog:
    """Write the entries and their tree at once; one by one they would take minutes.

    Into a database of its own, whatever the environment names for the measured instance.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    address = SecretStr(f"sqlite:///{folder / 'long-log.db'}")
    settings = Settings(instance_path=folder, mode=Mode.TEST, database_url=address)
    database = Database(make_engine(settings.database_address))
    tables = ("log_entries", "log_nodes", "checkpoints", "cosignatures")
    Base.metadata.create_all(
        database.engine, tables=[Base.metadata.tables[each] for each in tables]
    )
    with database.writing() as session:
        audit.record(session, actor=None, action="edition.prepared", at=NOW)
        first = session.execute(sa.select(LogEntry.__table__)).mappings().one()
        rest = [{**first, "seq": seq, "canonical": str(seq).encode()} for seq in range(1, entries)]
        session.execute(sa.insert(LogEntry), rest)
        tree = Frontier()
        nodes = [
            {"level": level, "position": position, "hash": value}
            for each in [first, *rest]
            for level, position, value in tree.add(leaf_hash(each["canonical"]))
            if (level, position) != (0, 0)
        ]
        session.execute(sa.insert(LogNode), nodes)
    root = RootKeys({1: bytes(range(32))}, instance=INSTANCE)
    return _LongLog(database, settings, root, FixedClock(NOW))


def tasks(folder: Path, entries: int = ENTRIES) -> list[Task]:
    """Issue a checkpoint after one more entry; prove an entry; prove the growth from the middle."""
    log = build(folder / "long-log", entries)

    def record() -> None:
        with log.database.writing() as session:
            audit.record(session, actor=None, action="edition.prepared", at=NOW)

    def issue(_prepared: object) -> None:
        assert audit.issue_checkpoint(log.database, log.settings, log.root, log.clock)

    def prove(_prepared: object) -> None:
        with log.database.reading() as session:
            checkpoint = audit.checkpoint_covering(session, entries // 3)
            assert checkpoint is not None
            text = audit.proof_of_entry(session, entries // 3, checkpoint)
            leaf = leaf_hash(audit.entry_bytes(session, entries // 3))
        path = [from_base64(line) for line in text.split("\n\n")[0].split("\n")[2:]]
        found = inclusion_root(leaf, entries // 3, checkpoint.size, path)
        assert found == checkpoint.root

    def grow(_prepared: object) -> None:
        with log.database.reading() as session:
            assert audit.consistency_proof(session, entries // 2 + 1, entries)

    record()
    issue(None)
    return [
        Task(f"issue a checkpoint, {entries:,} entries", issue, prepare=record, bases=(COMMIT,)),
        Task(f"prove and verify an entry of {entries:,}", prove),
        Task(f"prove that {entries:,} entries grew from half", grow),
    ]


def main() -> None:
    """Measure these alone."""
    folder = Path(sys.argv[1])
    found = measure([*tasks(folder), commit_task(folder)], runs=9)
    print_table([line_of(result, found) for result in found.values()])


if __name__ == "__main__":
    main()
