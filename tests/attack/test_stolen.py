"""Stolen everything: database, outbox, open invitations and root key, with a guesser (vault.md).

The thief peels every root wrap with the key he has and looks for the words that stand in drafts and
answers; then he guesses passphrases against every person for a while. With the right one he would
be in: that is the control.
"""

import itertools
import os
import random

import pytest
import sqlalchemy as sa
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from cooperation.circles import service as circles
from cooperation.operation.rotation import TABLES
from cooperation.vault.errors import CannotOpen
from cooperation.vault.root import RootKeys
from tests.fixtures.rehearsal import Rehearsal

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("rehearsal")]

GUESSES = int(os.environ.get("GUESSES", "20000"))
BLOCK = 65536


def canaries(rehearsal: Rehearsal) -> list[bytes]:
    """Return the hidden words in each form in which a careless program would leave them."""
    words = rehearsal.canaries
    plain = (words.draft, words.states, words.restricted, words.court)
    return [each.encode(code) for each in plain for code in ("utf-8", "utf-16-le", "utf-16-be")]


def guesses(rehearsal: Rehearsal) -> list[str]:
    """Return what a guesser tries first: common passwords, grown ones, words of the platform."""
    common = list(FREQUENCY_LISTS["passwords"])
    tails = ("", "1", "123", "!", "2026", "2025", " assembly", " romestatute", ".", "x" * 8)
    grown = [word + tail for word, tail in itertools.product(common[:1500], tails)]
    names = [player.name for player in rehearsal.stage.players]
    own = [f"{name} {year}" for name in names for year in range(1990, 2027)]
    picked = [*grown, *own, *common]
    random.Random(20261122).shuffle(picked)
    return picked[:GUESSES]


def test_the_root_key_alone_shows_no_word_of_any_answer(own_rehearsal):
    rehearsal = own_rehearsal
    wanted = canaries(rehearsal)
    root: RootKeys = rehearsal.held.root
    peeled = 0
    found = []

    with rehearsal.stage.database.reading() as session:
        for table in TABLES:
            for row in session.execute(sa.select(table.table)).mappings():
                name = "/".join(str(row[part]) for part in table.row)
                for column, kind in table.kinds.items():
                    if row[column] is None:
                        continue
                    plain = root.unwrap(row[column], table=table.name, row=name, kind=kind)
                    peeled += 1
                    found += [f"{table.name}.{column}" for word in wanted if word in plain]

    assert peeled > 100, "the thief peeled nothing: the test is blind"
    assert found == []


def test_no_file_of_the_instance_holds_a_word_of_any_answer(own_rehearsal):
    wanted = canaries(own_rehearsal)
    folder = own_rehearsal.held.settings.instance_path
    files = [each for each in folder.rglob("*") if each.is_file()]

    found = [f"{file}: {word!r}" for file in files for word in wanted if word in file.read_bytes()]

    assert sum(file.stat().st_size for file in files) > BLOCK
    assert found == []


def test_a_guesser_with_everything_else_opens_nobody(own_rehearsal):
    rehearsal = own_rehearsal
    tried = guesses(rehearsal)
    opened = []

    with rehearsal.stage.database.reading() as session:
        person_ids = list(session.scalars(sa.text("SELECT person_id FROM members ORDER BY 1")))
        for number, guess in enumerate(tried):
            person_id = person_ids[number % len(person_ids)]
            try:
                circles.open_member(
                    session, rehearsal.held.root, person_id=person_id, password=guess
                )
            except CannotOpen:
                continue
            opened.append(person_id)

    assert len(tried) == GUESSES
    assert opened == []
    print(f"{GUESSES} guesses at {len(person_ids)} people: none opened")  # noqa: T201


def test_the_right_passphrase_would_open(own_rehearsal):
    """A guesser that cannot succeed proves nothing."""
    rehearsal = own_rehearsal
    player = rehearsal.stage.players[0]

    with rehearsal.stage.acting(player) as ctx:
        opened = circles.open_member(
            ctx.session,
            rehearsal.held.root,
            person_id=ctx.actor.person_id,
            password=player.password,
        )

    assert opened.keys.person_id
