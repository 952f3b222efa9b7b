"""Many people at once: no acknowledged save is lost, none is doubled; few statements a page."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from cooperation.audit import service as audit
from cooperation.core.db import DatabaseFailedError, is_busy
from cooperation.editions.rules import Answer
from cooperation.responses import service
from cooperation.responses.models import DraftAnswer, DraftAnswerVersion
from tests.fixtures.responses import EDITION, Fields, Round

SAVES = 1000
SAVERS = 8
QUESTIONS = ("A-05", "A-06", "A-07")


def patiently(round_: Round, fields: Fields, acknowledged: Counter) -> service.SaveResult:
    """Save; where the database is busy, which the shell answers with 503, try again."""
    while True:
        try:
            return round_.post("A1", fields)
        except DatabaseFailedError as error:
            if not is_busy(error):
                raise
            acknowledged["busy"] += 1


def save_again_and_again(round_: Round, saver: int, times: int) -> Counter:
    """Save a text to one of three questions in turn, over whatever stands there."""
    acknowledged: Counter = Counter()
    for attempt in range(times):
        code = QUESTIONS[(saver + attempt) % len(QUESTIONS)]
        fields = {f"{code}.version": [str(acknowledged[f"seen {code}"])]}
        fields |= {code: [f"text {saver} {attempt}"]} if code == "A-07" else {}
        if code != "A-07":
            option = round_.questionnaire.question(code).options[attempt % 3].code
            fields[code] = [option]
        try:
            result = patiently(round_, fields, acknowledged)
        except service.PartConflict as error:
            conflict = error.conflicts[0]
            assert conflict.theirs != conflict.yours
            acknowledged[f"seen {code}"] = conflict.version
            acknowledged["conflicts"] += 1
            continue
        acknowledged[f"seen {code}"] = result.versions[code]
        acknowledged[f"written {code}"] += len(result.written)
        acknowledged["saves"] += 1
    return acknowledged


def check_saves(round_: Round, saves: int) -> None:
    """Let eight people save at once; whatever was acknowledged must be a version, and no more."""
    round_.save("A1", {"A-02": round_.answer("A-02")})
    times = saves // SAVERS

    with ThreadPoolExecutor(SAVERS) as pool:
        counted = pool.map(lambda saver: save_again_and_again(round_, saver, times), range(SAVERS))
        counts = sum(counted, Counter())

    assert counts["saves"] + counts["conflicts"] == saves
    assert counts["conflicts"] > 0
    with round_.world.database.reading() as session:
        heads = dict(session.execute(sa.select(DraftAnswer.question, DraftAnswer.version)).all())
        kept = session.scalar(sa.select(sa.func.count()).select_from(DraftAnswerVersion))
        entries = audit.entries_for(session, action="part.saved")
    for code in QUESTIONS:
        assert heads[code] == counts[f"written {code}"]
    assert kept == sum(heads.values())
    assert len(entries) == 1 + sum(counts[f"written {code}"] for code in QUESTIONS)


def test_a_thousand_saves_of_eight_people_lose_nothing_silently(round_):
    check_saves(round_, SAVES)


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
def answered(round_: Round) -> Round:
    round_.edition = "2025"
    round_.fill()
    round_.submit()
    round_.edition = EDITION
    round_.fill()
    return round_


def test_a_part_with_answers_and_last_years_is_shown_by_few_statements(answered):
    with answered.reading("focal") as ctx, counted(answered) as statements:
        state = service.open_part(ctx, edition_id=EDITION, part_code="A1")
        service.part_list(ctx, state.frame)

    assert len(statements) <= 14, "\n".join(statements)


def test_a_part_is_saved_by_few_statements(answered):
    fields = answered.fields("A1", {"A-05": Answer(choice=("other",))})

    with answered.acting("focal") as ctx, counted(answered) as statements:
        service.save_part(ctx, edition_id=EDITION, part_code="A1", fields=fields)

    assert len(statements) <= 22, "\n".join(statements)


def test_a_submission_is_made_by_few_statements(answered):
    answered.ready()

    with answered.acting("signatory") as ctx, counted(answered) as statements:
        version = service.signing_state(ctx, edition_id=EDITION).version
        service.submit_response(ctx, edition_id=EDITION, version=version, is_declared=True)

    assert len(statements) <= 90, "\n".join(statements)


def test_the_home_opens_nothing(answered, monkeypatch):
    monkeypatch.setattr(
        "cooperation.circles.service.open_bundles", lambda *_: pytest.fail("opened a bundle")
    )

    with answered.reading("focal") as ctx:
        home = service.home_state(ctx, edition_id=EDITION)

    assert home.parts_done == 13
    assert home.has_earlier
