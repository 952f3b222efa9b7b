"""Every route x every role x every kind of object, against table.txt (reliability R14)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask

from cooperation.web.declaration import declaration_of
from tests.fixtures.judgement import header_faults
from tests.fixtures.rehearsal import ANONYMOUS, OTHER, VISITORS, Rehearsal
from tests.fixtures.visitor import Page

pytestmark = pytest.mark.xdist_group("rehearsal")

TABLE = Path(__file__).with_name("table.txt")
REDIRECTS = {302, 303}
KINDS = {
    "state_code": {"own", "missing"},
    "submission_id": {"own", "other", "missing"},
    "file_id": {"own", "other", "missing"},
    "person_id": {"own", "other", "missing"},
    "address_id": {"own", "other", "missing"},
    "invitation_id": {"own", "other", "missing"},
    "handle": {"own", "other", "missing"},
    "import_id": {"own", "missing"},
    "batch_id": {"sent", "compiling", "missing"},
    "proposal_id": {"open", "published", "missing"},
    "edition_id": {"open", "last", "prepared", "missing"},
    "part_code": {"first", "missing"},
    "part": {"first", "missing"},
    "code": {"missing"},
    "question": {"missing"},
    "question_code": {"file", "missing"},
    "build": {"current", "missing"},
    "name": {"missing"},
}
"""For each argument of an address, the kinds of object that its rows must hold."""


@dataclass(frozen=True)
class Row:
    """One line of the table: which objects, and what each visitor meets."""

    line: int
    arguments: dict[str, str]
    query: dict[str, str]
    fields: dict[str, str]
    cells: dict[str, str]


@dataclass(frozen=True)
class Block:
    """A route's lines of the table."""

    method: str
    endpoint: str
    permission: str
    rows: list[Row]


def _row(number: int, words: list[str]) -> Row:
    places, cells = words[: -len(VISITORS)], words[-len(VISITORS) :]
    pairs = [place.split("=") for place in places if place != "-"]
    return Row(
        line=number,
        arguments={name: word for name, word in pairs if name[0] not in "?+"},
        query={name[1:]: word for name, word in pairs if name[0] == "?"},
        fields={name[1:]: word for name, word in pairs if name[0] == "+"},
        cells=dict(zip(VISITORS, cells, strict=True)),
    )


def _blocks() -> Iterator[Block]:
    block = None
    for number, line in enumerate(TABLE.read_text().splitlines(), 1):
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if line.startswith(" "):
            assert block is not None
            block.rows.append(_row(number, words))
        else:
            block = Block(*words, rows=[])
            yield block


BLOCKS = {(block.method, block.endpoint): block for block in list(_blocks())}


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


def _send(rehearsal: Rehearsal, visitor: str, block: Block, row: Row, form: dict[str, str]) -> Page:
    def meanings(words: dict[str, str]) -> dict[str, str]:
        return {name: rehearsal.meaning(name, word, visitor) for name, word in words.items()}

    path = rehearsal.address(block.endpoint, meanings(row.arguments))
    if row.query:
        path += f"?{urlencode(meanings(row.query))}"
    person = rehearsal.visitors[visitor]
    kept = dict(person.cookies)
    if block.method == "GET":
        page = person.get(path, follow=False)
    else:
        page = person.post(path, form | meanings(row.fields), follow=False)
    person.cookies = kept  # what the request wrote is taken back, and its cookies with it
    return page


def _differs(expected: str, method: str, page: Page) -> bool:
    location = page.headers.get("location", "")
    if expected == "in":
        if method == "POST":
            return page.status != 401
        return page.status not in REDIRECTS or not location.startswith("/sign-in")
    if expected == "->":
        is_inside = location.startswith("/") and not location.startswith(("//", "/sign-in?"))
        return page.status not in REDIRECTS or not is_inside
    if expected == "ok":
        return page.status in {401, 403, 404} or page.status >= 500
    return page.status != int(expected)


def _without_what_varies(page: Page) -> str:
    """Return a page without its request's id, tokens, keys and own address."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", page.html)
    text = re.sub(r'value="[^"]*"', "VALUE", text)
    return text.replace(urlsplit(page.path).path, "PATH")


@pytest.mark.parametrize("visitor", VISITORS)
def test_walk(rehearsal: Rehearsal, visitor: str) -> None:
    form = rehearsal.form_fields(visitor)
    hidden = rehearsal.canaries.hidden_from(visitor)
    wrong: list[str] = []
    not_found: dict[str, str] = {}

    for block in BLOCKS.values():
        for row in block.rows:
            page = _send(rehearsal, visitor, block, row, form)
            place = f"line {row.line}: {block.method} {page.path} as {visitor}"
            if _differs(row.cells[visitor], block.method, page):
                wrong.append(f"{place} is {page.status}, not {row.cells[visitor]}")
            if any(word.encode() in page.body for word in hidden):
                wrong.append(f"{place} shows what it must not")
            wrong += [f"{place}: {fault}" for fault in header_faults(page)]
            if page.status == 404 and visitor != ANONYMOUS:
                text = _without_what_varies(page)
                if text != not_found.setdefault(block.endpoint, text):
                    wrong.append(f"{place} tells another State's object from a missing one")

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
