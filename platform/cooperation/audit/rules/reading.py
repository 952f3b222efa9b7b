"""What an account has opened within a while, and when that is too much (reliability 3).

Decided: a page, document or export weighs as many answers as it opens that the account had not
opened within the window, but never more than `HEAVIEST`. A page of one question holds 125 answers
and a page of one State 80, so that plain counting would raise the alarm at a reader's third page;
weighed so, it rises at the ninth whole page within ten minutes, or at 200 answers in small
portions: faster than anybody reads. A page that opens a whole edition weighs as one page; exports
have a limit of their own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cooperation.audit.rules.entry import Entry, Scope


@dataclass(frozen=True)
class Reading:
    """What people of one institution opened of one State's answers on one day, in one way.

    `questions` is `all` where the log has one entry for all that the reader could read. `first` and
    `last` are instants of that day (UTC), `times` counts the entries.
    """

    day: date
    institution: str
    action: str
    questions: Scope
    times: int
    first: datetime
    last: datetime


@dataclass(frozen=True)
class ReadingFilter:
    """Whose answers of which edition; opened by whom, which of them, on which days (UTC)."""

    state_code: str
    edition: str
    institution: str | None = None
    question: str | None = None
    first: date | None = None
    last: date | None = None


ALARM_WINDOW = timedelta(minutes=10)
ALARM_ANSWERS = 200
ALARM_PAUSE = timedelta(hours=1)
"""How long after an alarm over an account the next one comes at the earliest."""
HEAVIEST = 25


def weight_of(entries: Iterable[Entry]) -> int:
    """Return how much these openings of one account weigh together; opening again adds nothing."""
    seen: set[tuple[str | None, str, str]] = set()
    weight = 0
    for entry in entries:
        opened = _answers_of(entry)
        new = len(opened - seen)
        weight += HEAVIEST if new and entry.questions == "all" else min(new, HEAVIEST)
        seen |= opened
    return weight


def is_alarming(entries: Iterable[Entry]) -> bool:
    """Tell whether these openings of one account within the window are too many."""
    return weight_of(entries) > ALARM_ANSWERS


def _answers_of(entry: Entry) -> set[tuple[str | None, str, str]]:
    """Return edition, State and question of what was opened; `all` stands for itself."""
    states = (entry.states,) if isinstance(entry.states, str) else entry.states
    questions = (entry.questions,) if isinstance(entry.questions, str) else entry.questions
    return {(entry.edition, state, question) for state in states for question in questions}
