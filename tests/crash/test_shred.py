"""What was destroyed is gone from the disk: not a byte of it in any file (reliability R13).

Each act destroys sealed bytes: a narrowed text and its publication, a leaver's blob and her copies
of the circle's key, the blob under the old password. They stand in the files before, which shows
that the search finds them, and in none afterwards: neither in the database nor in its journal.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from cooperation.circles.models import Member, MembershipRow
from cooperation.core.db import Session
from cooperation.publication.models import PublishedAnswer
from cooperation.responses.models import SubmissionAnswer
from tests.fixtures.crashes import Theatre
from tests.fixtures.key_acts import ACTS

PIECE = 24
"""Bytes from the middle of a sealed value; SQLite splits what is longer than a page."""

SEALED: dict[str, tuple[InstrumentedAttribute, ...]] = {
    "narrowing": (SubmissionAnswer.sealed, PublishedAnswer.sealed),
    "removal": (Member.sealed_keys, MembershipRow.sealed_key),
    "password": (Member.sealed_keys, MembershipRow.sealed_key),
}


def sealed_values(session: Session, columns: tuple[InstrumentedAttribute, ...]) -> set[bytes]:
    """Return every sealed value that stands in these columns now."""
    return {
        value
        for column in columns
        for value in session.scalars(sa.select(column).where(column.is_not(None)))
    }


def files_of(folder: Path) -> list[bytes]:
    """Return the content of every file."""
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


def pieces_found(files: list[bytes], values: set[bytes]) -> set[bytes]:
    """Return those of the values of which a piece stands in some file."""
    pieces = {value: value[len(value) // 2 :][:PIECE] for value in values}
    return {value for value, piece in pieces.items() if any(piece in content for content in files)}


def read_with(theatre: Theatre, read: Callable[[Session], set[bytes]]) -> set[bytes]:
    stage = theatre.open()
    try:
        with stage.database.reading() as session:
            return read(session)
    finally:
        stage.database.engine.dispose()


@pytest.mark.parametrize("name", SEALED)
def test_what_an_act_destroys_stands_in_no_file_afterwards(theatre: Theatre, name: str) -> None:
    act, columns = ACTS[name], SEALED[name]
    folder = theatre.settings.instance_path
    act.prepare(theatre)
    before = read_with(theatre, lambda session: sealed_values(session, columns))
    files_before = files_of(folder)

    theatre.perform(act.act(theatre))

    gone = before - read_with(theatre, lambda session: sealed_values(session, columns))
    assert gone, "the act destroyed nothing"
    assert pieces_found(files_before, gone) == gone, "the search does not find what is there"
    assert pieces_found(files_of(folder), gone) == set()
