"""Many people at once: no acknowledged save is lost, none is doubled; few statements a page."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from cooperation.editions.rules import Answer
from cooperation.responses import service
from cooperation.responses.drafting.service.answering import open_part
from cooperation.responses.drafting.service.overview import part_list
from tests.fixtures.responses import EDITION, Round
from tests.fixtures.together import check_saves


def test_saves_of_eight_people_lose_nothing_silently(round_):
    check_saves(round_, 240)  # a thousand: tests/crash/test_together.py


def test_saves_on_postgresql_lose_nothing_silently(round_on_postgresql):
    check_saves(round_on_postgresql, 80)


def test_a_response_is_answered_and_submitted_on_postgresql(round_on_postgresql):
    round_on_postgresql.fill()

    submission = round_on_postgresql.submit()

    with round_on_postgresql.reading("officer") as ctx:
        rows = service.submission_answers(ctx.session, (submission.id,), questions=("B-05",))
        opened = service.open_answers(ctx, rows)
    assert opened["AF01", "B-05"].answer.text == "Words on B-05"


@contextmanager
def counted(round_: Round) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    engine = round_.world.database.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    yield statements
    sa.event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def answered(next_year: Round) -> Round:
    next_year.fill()
    return next_year


def test_a_part_with_answers_and_last_years_is_shown_by_few_statements(answered):
    with answered.reading("focal") as ctx, counted(answered) as statements:
        state = open_part(ctx, edition_id=EDITION, part_code="A1")
        part_list(ctx, state.frame)

    assert len(statements) <= 14, "\n".join(statements)


def test_a_part_is_saved_by_few_statements(answered):
    fields = answered.fields("A1", {"A-05": Answer(choice=("other",))})

    with answered.acting("focal") as ctx, counted(answered) as statements:
        service.save_part(ctx, edition_id=EDITION, part_code="A1", fields=fields)

    assert len(statements) <= 22, "\n".join(statements)


def test_a_submission_is_made_by_few_statements(answered):
    answered.ready()

    with answered.acting("signatory") as ctx, counted(answered) as statements:
        version = service.signing_page(ctx, edition_id=EDITION).version
        service.submit_response(ctx, edition_id=EDITION, version=version, is_declared=True)

    assert len(statements) <= 90, "\n".join(statements)


def test_the_home_opens_nothing(answered, monkeypatch):
    monkeypatch.setattr(
        "cooperation.circles.service.open_bundles", lambda *_: pytest.fail("opened a bundle")
    )

    with answered.reading("focal") as ctx:
        home = service.response_page(ctx, edition_id=EDITION)

    assert home.parts_done == 13
    assert home.has_earlier
