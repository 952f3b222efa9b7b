"""Bring the register's facts into the database: the real ones from the files of this slice."""

import csv
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import sqlalchemy as sa

from cooperation.audit.service import record
from cooperation.core.db import Session
from cooperation.register.models import MembershipEventRow, StateRow
from cooperation.register.queries import all_events, all_states
from cooperation.register.rules import (
    EventKind,
    MembershipEvent,
    RegionalGroup,
    StateParty,
    count_by_group,
    fictional_states,
    parties_among,
)

_FILES = Path(__file__).parents[1] / "data"


def _lines(name: str) -> Iterator[dict[str, str]]:
    with (_FILES / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _real_states() -> list[StateParty]:
    return [
        StateParty(
            code=line["iso3"],
            name=line["name_en"],
            formal_name_with_article=line["formal_with_article_en"],
            group=RegionalGroup(line["regional_group"]),
            names={"en": line["name_en"], "fr": line["name_fr"], "es": line["name_es"]},
            entry_into_force=date.fromisoformat(line["entry_into_force"]),
            withdrawal_effective=_day(line["withdrawal_effective"]),
        )
        for line in _lines("states_parties.csv")
    ]


def _real_events() -> list[MembershipEvent]:
    return [
        MembershipEvent(
            state_code=line["iso3"],
            kind=EventKind(line["event"]),
            happened_on=date.fromisoformat(line["date"]),
            takes_effect_on=_day(line["takes_effect"]),
            instrument=line["instrument"],
            is_confirmed=line["mark"] == "source",
            note=line["note"],
        )
        for line in _lines("states_parties_events.csv")
    ]


def load_register(session: Session, *, now: datetime) -> int:
    """Bring the real register up to the shipped files; return how many States were changed."""
    return _load(session, _real_states(), _real_events(), now)


def fictional_register(day: date) -> list[StateParty]:
    """Return invented States, in each group as many as the real register has parties on `day`."""
    return fictional_states(count_by_group(parties_among(_real_states(), day)))


def load_fictional_register(session: Session, *, now: datetime) -> int:
    """Load the invented States of a demonstration; return how many were changed."""
    return _load(session, fictional_register(now.date()), [], now)


def _load(
    session: Session,
    states: Sequence[StateParty],
    events: Sequence[MembershipEvent],
    now: datetime,
) -> int:
    held = {state.code: state for state in all_states(session)}
    is_first = not held
    changed = [state for state in states if held.get(state.code) != state]
    for state in changed:
        if state.code in held:
            session.merge(_row_of(state))
        else:
            session.add(_row_of(state))
    oldest_first = sorted(events, key=lambda event: event.happened_on)
    has_news = all_events(session) != oldest_first
    if has_news:
        session.execute(sa.delete(MembershipEventRow))
        session.add_all(_event_row_of(event) for event in oldest_first)
    if changed or has_news:
        record(
            session,
            actor=None,
            action="register.loaded",
            at=now,
            states="all" if is_first else tuple(state.code for state in changed),
        )
    return len(changed)


def _row_of(state: StateParty) -> StateRow:
    return StateRow(
        code=state.code,
        name_en=state.names["en"],
        name_fr=state.names["fr"],
        name_es=state.names["es"],
        formal_name_with_article=state.formal_name_with_article,
        regional_group=state.group,
        entry_into_force=state.entry_into_force,
        withdrawal_effective=state.withdrawal_effective,
    )


def _event_row_of(event: MembershipEvent) -> MembershipEventRow:
    return MembershipEventRow(
        state_code=event.state_code,
        kind=event.kind,
        happened_on=event.happened_on,
        takes_effect_on=event.takes_effect_on,
        instrument=event.instrument,
        is_confirmed=event.is_confirmed,
        note=event.note,
    )
