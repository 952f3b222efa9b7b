"""Every route x every role x every kind of object, against table.txt (reliability R14).

Nobody, a focal point, an officer and a reader of the Court walk the whole table here; each of the
others walks a third of the routes, by turns. In `make attack` all ten walk the whole of it.
"""

import pytest
from flask import Flask

from cooperation.web.declaration import declaration_of
from tests.fixtures.rehearsal import OTHER, VISITORS, Rehearsal
from tests.fixtures.walking import BLOCKS, faults_of_walk

pytestmark = pytest.mark.xdist_group("rehearsal")

AHEAD = ("anonymous", "focal_point", "officer", "court_reader")
BEHIND = tuple(visitor for visitor in VISITORS if visitor not in AHEAD)
KINDS = {
    "state_code": {"own", "missing"},
    "submission_id": {"own", "other", "missing"},
    "file_id": {"own", "other", "missing"},
    "body": {"own", "court", "missing"},
    "sheet_id": {"missing"},
    "person_id": {"own", "other", "missing"},
    "address_id": {"own", "other", "missing"},
    "invitation_id": {"own", "other", "missing"},
    "passkey_id": {"missing"},
    "device_id": {"missing"},
    "mail_id": {"failed", "missing"},
    "handle": {"own", "other", "missing"},
    "import_id": {"own", "missing"},
    "batch_id": {"sent", "compiling", "missing"},
    "edition_id": {"open", "last", "prepared", "missing"},
    "part_code": {"first", "missing"},
    "part": {"first", "missing"},
    "code": {"missing"},
    "question": {"missing"},
    "question_code": {"file", "missing"},
    "act_id": {"grant", "court", "keys", "open", "missing"},
    "restore_id": {"missing"},
    "build": {"current", "missing"},
    "name": {"missing"},
}
"""For each argument of an address, the kinds of object that its rows must hold."""


def _routes(application: Flask) -> dict[tuple[str, str], set[str]]:
    """Return the arguments of each route, by method and endpoint."""
    return {
        (method, rule.endpoint): set(rule.arguments)
        for rule in application.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }


def test_every_route_is_in_the_table(rehearsal: Rehearsal) -> None:
    routes = _routes(rehearsal.application)

    missing = [f"{method} {endpoint}" for method, endpoint in sorted(routes.keys() - BLOCKS.keys())]
    gone = [f"{method} {endpoint}" for method, endpoint in sorted(BLOCKS.keys() - routes.keys())]

    assert not missing, (
        f"{missing}: say in tests/walk/table.txt what every role meets there, row by row: own, "
        "other State's, published, unpublished and missing object, from design/product.md."
    )
    assert not gone, f"{gone}: these routes are gone; take their rows out of tests/walk/table.txt."


def test_every_route_declares_the_permission_of_the_table(rehearsal: Rehearsal) -> None:
    with rehearsal.application.app_context():
        declared = {
            block.endpoint: getattr(declaration_of(block.endpoint).permission, "value", None)
            for block in BLOCKS.values()
        }

    assert declared == {block.endpoint: block.permission for block in BLOCKS.values()}


def test_every_kind_of_object_has_its_row(rehearsal: Rehearsal) -> None:
    wanting = []
    for key, arguments in _routes(rehearsal.application).items():
        block = BLOCKS.get(key)
        for argument in arguments if block else ():
            kinds = {row.arguments.get(argument) for row in block.rows}
            wanting += [f"{key[1]}: {argument}={kind}" for kind in KINDS[argument] - kinds]

    assert not wanting, f"{sorted(wanting)}: tests/walk/table.txt needs a row for each of these."


@pytest.mark.parametrize("visitor", AHEAD)
def test_walk(rehearsal: Rehearsal, visitor: str) -> None:
    wrong = faults_of_walk(rehearsal, visitor, {})

    assert not wrong, "\n".join(["", *wrong])


@pytest.mark.parametrize(("turn", "visitor"), list(enumerate(BEHIND)))
def test_walk_of_a_third(rehearsal: Rehearsal, turn: int, visitor: str) -> None:
    wrong = faults_of_walk(rehearsal, visitor, {}, routes=slice(turn % 3, None, 3))

    assert not wrong, "\n".join(["", *wrong])


@pytest.mark.slow
@pytest.mark.parametrize("visitor", BEHIND)
def test_walk_of_the_others(rehearsal: Rehearsal, visitor: str) -> None:
    wrong = faults_of_walk(rehearsal, visitor, {})

    assert not wrong, "\n".join(["", *wrong])


def test_the_other_states_words_are_there_for_those_who_may_read_them(
    rehearsal: Rehearsal,
) -> None:
    """Without this the walk could look for words that stand nowhere."""
    canaries = rehearsal.canaries
    edition = rehearsal.meaning("edition_id", "open", "officer")
    review = [
        rehearsal.visitors["officer"].get(f"/review/{edition}/{OTHER}?part={part}").html
        for part in ("B1", "B2", "B3", "B4", "B5", "C1", "C2", "C3", "C4", "C5")
    ]
    court = rehearsal.visitors["court_reader"].get(f"/published/{edition}/states/{OTHER}").html

    assert any(canaries.states in html for html in review)
    assert any(canaries.restricted in html for html in review)
    assert canaries.restricted in court
    assert canaries.court in court
