"""What does not wobble: statements and bytes of the main pages, ciphers of an export.

The second look at a page is counted: the first one in a process also loads the questionnaire and
verifies the directory. A page that needs more says so here; `make bench` says what it costs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.publication import queries
from cooperation.responses import service as responses
from cooperation.responses.rules import Audience
from cooperation.vault import envelope, keys
from tests.fixtures.rehearsal import OWN, Rehearsal

pytestmark = pytest.mark.xdist_group("rehearsal")

PART = "/response/{edition}/parts/C3"
HEAVY_PART = "/response/{edition}/parts/C2"
OVERVIEW = "/response/{edition}/answers"
SIGN = "/response/{edition}/sign"
PROGRESS = "/progress/{edition}"
REVIEW = f"/review/{{edition}}/{OWN}"
DESK = "/publication/{edition}"
STATES = "/published/{edition}"
STATE = f"/published/{{edition}}/states/{OWN}"
QUESTION = "/published/{edition}/questions/B-14"
FIGURES = "/figures/{edition}"
FIGURE = "/figures/{edition}/B-14"
EXPORT = "/published/{edition}/export"

COURT_ONLY = 2
"""For the keys of a State's answers that it keeps for the Court. Whether one of the rehearsal's six
other States does so is invented anew for each year: none in 2026, one in 2040.
"""
PAGES = [  # who, page, statements at most, KB at most
    ("focal_point", "/", 41, 10),  # with the latest checkpoint and whether it was restored
    ("officer", "/", 40, 16),
    ("court_reader", "/", 26, 16),
    ("focal_point", PART, 13, 40),
    ("focal_point", HEAVY_PART, 13, 120),
    ("focal_point", OVERVIEW, 11, 100),
    ("signatory", SIGN, 14, 12),
    ("officer", PROGRESS, 12, 100),
    ("officer", REVIEW, 18, 120),
    ("officer", DESK, 15, 24),
    ("co_facilitator", STATES, 10, 60),
    ("co_facilitator", STATE, 26, 100),
    ("court_reader", STATE, 29, 120),
    ("court_reader", QUESTION, 22 + COURT_ONLY, 60),
    ("court_reader", FIGURES, 10, 30),
    ("court_reader", FIGURE, 28 + COURT_ONLY, 40),
]
OWN_CIRCLE, ASSEMBLY, EDITION = 1, 1, 1
"""What every reader of an edition opens with a key pair: two circles' keys and one bundle's."""


@dataclass
class Counted:
    """A rehearsal that may be written into, because reading is logged."""

    rehearsal: Rehearsal
    edition: str

    def get(self, who: str, page: str) -> bytes:
        """Return the bytes of a page that is there."""
        found = self.rehearsal.visitors[who].get(page.format(edition=self.edition))
        assert found.status == 200, found.text[:300]
        return found.body

    @contextmanager
    def statements(self) -> Iterator[list[str]]:
        """Give the list that fills with the statements of what is done inside."""
        engine = self.rehearsal.held.database.engine
        found: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            if not statement.startswith("BEGIN"):
                found.append(" ".join(statement.split()))

        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            yield found
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(scope="module")
def counted(rehearsal: Rehearsal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counted]:
    """A copy of the rehearsal, and the edition whose answers of WE01 are published."""
    made = rehearsal.copy_to(tmp_path_factory.mktemp("counted") / "instance")
    with made.keeping():
        yield Counted(made, made.meaning("edition_id", "open", "focal_point"))
    made.close()


@pytest.mark.parametrize(("who", "page", "most", "kilobytes"), PAGES)
def test_a_page_asks_no_more_and_weighs_no_more(counted, who, page, most, kilobytes):
    counted.get(who, page)

    with counted.statements() as statements:
        body = counted.get(who, page)

    assert len(statements) <= most, "\n".join(statements)
    assert len(body) <= kilobytes * 1024


@dataclass
class Ciphers:
    """How many records were opened, and how many keys with a key pair."""

    records: int = 0
    keys: int = 0


@pytest.fixture
def ciphers(monkeypatch: pytest.MonkeyPatch) -> Ciphers:
    """Counts every call of the ciphers below."""
    found = Ciphers()
    plain, opening = envelope.AESGCM, keys.PrivateKey.open

    class Counting:
        def __init__(self, key):
            self._cipher = plain(key)

        def encrypt(self, *words):
            return self._cipher.encrypt(*words)

        def decrypt(self, *words):
            found.records += 1
            return self._cipher.decrypt(*words)

    def open_one(key, sealed, info):
        found.keys += 1
        return opening(key, sealed, info)

    monkeypatch.setattr(envelope, "AESGCM", Counting)
    monkeypatch.setattr(keys.PrivateKey, "open", open_one)
    return found


def _published(counted):
    with counted.rehearsal.held.database.reading() as session:
        return len(queries.items_to_open(session, counted.edition))


def _confidential(counted):
    player = counted.rehearsal.player(Role.COURT_READER)
    with counted.rehearsal.stage.acting(player) as ctx:
        last = [each.id for each in responses.submissions_of(ctx, counted.edition)]
        audiences = (Audience.RESTRICTED, Audience.COURT)
        return responses.submission_answers(ctx.session, last, audiences=audiences)


def test_a_states_export_opens_each_record_once_and_three_keys(counted, ciphers):
    counted.get("focal_point", EXPORT)

    assert ciphers.records == _published(counted) > 100
    assert ciphers.keys == OWN_CIRCLE + ASSEMBLY + EDITION


def test_the_courts_export_opens_each_record_once_and_two_keys_more_for_a_state(counted, ciphers):
    counted.get("court_reader", EXPORT)
    records, opened = ciphers.records, ciphers.keys

    rows = _confidential(counted)
    assert records == _published(counted) + len(rows)
    assert opened == OWN_CIRCLE + ASSEMBLY + EDITION + len({row.bundle_id for row in rows})
    assert len({row.bundle_id for row in rows}) <= 2 * len({row.state_code for row in rows})
