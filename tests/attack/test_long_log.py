"""A State's page of readings stays quick over a log of a hundred thousand entries."""

import json
from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest
import sqlalchemy as sa

from cooperation.audit import service
from cooperation.audit.models import LogEntry
from cooperation.audit.rules import ReadingFilter

pytestmark = pytest.mark.slow

EVENING = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)


def _large_log(session):
    states = [f"S{number:02}X" for number in range(125)]
    everybody = json.dumps(states, separators=(",", ":"))
    rows = []
    for number in range(100_000):
        one, question = states[number % 125], f'["A-{number % 80:02}"]'
        is_page = number % 3 == 0
        row = {
            "seq": number,
            "at": EVENING + timedelta(minutes=number),
            "actor": f"{number % 600:08}-0000-4000-8000-000000000000",
            "role": "focal_point",
            "institution": f"state/{states[number % 113]}",
            "action": "published.read" if number % 3 < 2 else "part.saved",
            "request_id": "x" * 36,
            "edition": "2026",
            "states": everybody if is_page else f'["{one}"]',
            "questions": question,
            "canonical": b"x" * (1200 if is_page else 400),
        }
        rows.append(row)
    session.execute(sa.insert(LogEntry.__table__), rows)


def test_a_page_over_a_hundred_thousand_entries_takes_less_than_a_second(database):
    with database.writing() as session:
        _large_log(session)
    with database.reading() as session:
        ours = ReadingFilter("S05X", "2026")
        started = perf_counter()
        days = service.days_of_readings(session, ours)
        shown = ReadingFilter("S05X", "2026", first=days[0][0], last=days[0][0])
        readings = service.readings_of_state(session, shown)
        service.openings_of_state(session, ours)
        took = perf_counter() - started

    assert sum(number for _day, number in days) > 30_000
    assert readings
    assert took < 1.0
