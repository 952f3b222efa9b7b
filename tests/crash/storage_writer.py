"""Writes rows with their log entries and says so, until it is killed; run by test_storage.py.

With `early` it says so before the commit: the fault that the rounds must be able to find.
"""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "platform"))

import sqlalchemy as sa

from cooperation.audit import service as audit
from cooperation.core.db import Base, Database, make_engine
from cooperation.core.ids import new_id

PROBES = sa.Table("probes", sa.MetaData(), sa.Column("id", sa.String(36), primary_key=True))
PAUSE = 0.5


def say(probe: str) -> None:
    """Acknowledge a row."""
    sys.stdout.write(f"{probe}\n")
    sys.stdout.flush()


def main(address: str, order: str) -> None:
    """Write for ever."""
    database = Database(make_engine(address))
    Base.metadata.create_all(database.engine)
    PROBES.create(database.engine, checkfirst=True)
    while True:
        probe = new_id()
        with database.writing() as session:
            session.execute(sa.insert(PROBES), {"id": probe})
            audit.record(
                session, actor=None, action="part.saved", at=datetime.now(UTC), subject=probe
            )
            if order == "early":
                say(probe)
                time.sleep(PAUSE)
        if order != "early":
            say(probe)


if __name__ == "__main__":
    main(*sys.argv[1:])
