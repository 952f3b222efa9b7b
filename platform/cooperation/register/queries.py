"""Named reads of the register."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from cooperation.core.db import Session
from cooperation.register.models import (
    AddressImportRow,
    AddressRow,
    MembershipEventRow,
    StateRow,
)
from cooperation.register.rules import EventKind, MembershipEvent, RegionalGroup, StateParty


def _state_of(row: StateRow) -> StateParty:
    return StateParty(
        code=row.code,
        name=row.name_en,
        formal_name_with_article=row.formal_name_with_article,
        group=RegionalGroup(row.regional_group),
        names={"en": row.name_en, "fr": row.name_fr, "es": row.name_es},
        entry_into_force=row.entry_into_force,
        withdrawal_effective=row.withdrawal_effective,
    )


def _event_of(row: MembershipEventRow) -> MembershipEvent:
    return MembershipEvent(
        state_code=row.state_code,
        kind=EventKind(row.kind),
        happened_on=row.happened_on,
        takes_effect_on=row.takes_effect_on,
        instrument=row.instrument,
        is_confirmed=row.is_confirmed,
        note=row.note,
    )


def all_states(session: Session) -> list[StateParty]:
    """Return every State that is or was a party, in no order."""
    return [_state_of(row) for row in session.scalars(sa.select(StateRow))]


def state_by_code(session: Session, code: str) -> StateParty | None:
    """Return one State, or nothing."""
    row = session.get(StateRow, code)
    return None if row is None else _state_of(row)


def all_events(session: Session) -> list[MembershipEvent]:
    """Return every event, oldest first."""
    order = (MembershipEventRow.happened_on, MembershipEventRow.id)
    rows = session.scalars(sa.select(MembershipEventRow).order_by(*order))
    return [_event_of(row) for row in rows]


def events_of(session: Session, state_code: str) -> list[MembershipEvent]:
    """Return one State's events, oldest first."""
    statement = (
        sa.select(MembershipEventRow)
        .where(MembershipEventRow.state_code == state_code)
        .order_by(MembershipEventRow.happened_on, MembershipEventRow.id)
    )
    return [_event_of(row) for row in session.scalars(statement)]


def address_rows(session: Session, state_codes: Sequence[str]) -> Sequence[AddressRow]:
    """Return the posts of these States, that of record first."""
    statement = (
        sa.select(AddressRow)
        .where(AddressRow.state_code.in_(state_codes))
        .order_by(AddressRow.state_code, AddressRow.is_of_record.desc(), AddressRow.kind)
    )
    return session.scalars(statement).all()


def record_rows(session: Session) -> Sequence[AddressRow]:
    """Return the posts of record of all States."""
    return session.scalars(sa.select(AddressRow).where(AddressRow.is_of_record)).all()


def import_row(session: Session, import_id: str, person_id: str) -> AddressImportRow | None:
    """Return an import that this person has uploaded, or nothing."""
    row = session.get(AddressImportRow, import_id)
    return row if row is not None and row.person_id == person_id else None


def delete_imports_before(session: Session, instant: datetime) -> None:
    """Forget imports that nobody has confirmed."""
    session.execute(sa.delete(AddressImportRow).where(AddressImportRow.uploaded_at < instant))
