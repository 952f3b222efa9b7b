"""Answering, over WSGI, by people who are signed in: show a part, save it, submit."""

from dataclasses import dataclass
from itertools import count

from benchmarks.ground import Ground, fresh_key
from benchmarks.limits import COMMIT, REQUEST
from benchmarks.timing import Task
from cooperation.access.rules import Role
from cooperation.editions import service as editions
from cooperation.editions.rules import Part, QuestionType
from tests.fixtures.visitor import Form, Page, Visitor

PART = "C3"
"""Eight questions of five types, so that saving it writes about ten rows."""
HEAVY_PART = "C2"
"""The longest page: two tables with 15 columns."""


@dataclass
class OpenPart:
    """A part's page in front of somebody."""

    visitor: Visitor
    page: Page
    form: Form


def part_address(ground: Ground, part: str) -> str:
    """Return the address of a part of this year's edition."""
    return f"/response/{ground.year}/parts/{part}"


def writer(ground: Ground) -> Visitor:
    """Return a focal point before a response that takes changes: reopened where it was ready."""
    visitor = ground.visitor(ground.player(Role.FOCAL_POINT, "WE01"))
    page = visitor.get(part_address(ground, PART))
    for form in page.forms:
        if form.action.endswith("/reopen"):
            assert visitor.submit(page, form, follow=False).status == 303
    return visitor


def _show(ground: Ground, part: str, **goals: object) -> Task:
    visitor = writer(ground)
    address = part_address(ground, part)
    size = len(visitor.get(address).body)

    def run(_prepared: object) -> None:
        assert visitor.get(address, follow=False).status == 200

    name = f"show part {part} with saved answers ({size / 1024:.0f} KB)"
    return Task(name, run, repeats=5, bases=(REQUEST,), **goals)  # type: ignore[arg-type]


def changed(form: Form, part: Part, turn: int) -> dict[str, list[str]]:
    """Return the page's fields with another answer to each question that has a simple one."""
    fields = {name: list(values) for name, values in form.fields.items()}
    for question in part.questions:
        options = [option.code for option in question.options]
        if question.type is QuestionType.LONG_TEXT:
            fields[question.code] = [f"Text number {turn}. " + "Words of a State. " * 15]
        elif question.type is QuestionType.NUMBER:
            fields[question.code] = [str(12 + turn % 12)]
        elif question.has_options:
            fields[question.code] = [options[turn % 2]]
    return fields


def part_of(ground: Ground) -> Part:
    """Return the part that is saved."""
    with ground.database.reading() as session:
        return editions.questionnaire(session, ground.editions[1]).part(PART)


def _save(ground: Ground) -> Task:
    visitor = writer(ground)
    address = part_address(ground, PART)
    part = part_of(ground)
    turns = count()

    def prepare() -> OpenPart:
        page = visitor.get(address)
        return OpenPart(visitor, page, page.form(has="_key", action=address))

    def run(prepared: object) -> None:
        assert isinstance(prepared, OpenPart)
        fields = changed(prepared.form, part, next(turns))
        fields["_key"] = [fresh_key(fields["_key"][0])]
        sent = prepared.visitor.post(address, fields, follow=False)
        assert sent.status == 303, (sent.status, sent.text[:300])

    name = f"save part {PART}, sealed and logged"
    return Task(name, run, prepare, 2, (REQUEST, COMMIT), at_most=16, milliseconds=22)


def _submit(ground: Ground) -> Task:
    states = ground.states_at("ready")
    waiting = iter(states)
    address = f"/response/{ground.editions[1]}/sign"

    def prepare() -> OpenPart:
        visitor = ground.visitor(ground.player(Role.FOCAL_POINT, next(waiting)))
        page = visitor.get(address)
        return OpenPart(visitor, page, page.form(has="declared"))

    def run(prepared: object) -> None:
        assert isinstance(prepared, OpenPart)
        changes = {"declared": "1", "court_confirmed": "1"}
        sent = prepared.visitor.submit(prepared.page, prepared.form, changes, follow=False)
        assert sent.status == 303, (sent.status, sent.text[:300])

    return Task("submit a response", run, prepare, milliseconds=30, runs=len(states) - 1)


def tasks(ground: Ground) -> list[Task]:
    """Return what is measured of answering; a kept instance has nothing to submit left."""
    found = [
        _show(ground, PART, at_most=12, milliseconds=15),
        _show(ground, HEAVY_PART),
        _save(ground),
    ]
    return [*found, _submit(ground)] if len(ground.states_at("ready")) > 1 else found
