"""Cases: what one person of the Secretariat proposes against a note and another one confirms.

The note says on what word of the State or institution they act, for example the reference of its
note verbale (reliability 1.4 and 1.5). It is wrapped by the root key, as it may name people.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.accounts.models import MemberCaseRow
from cooperation.accounts.people.service.wrapped import unwrap_text, wrap_text
from cooperation.audit import service as audit
from cooperation.core.db import Session
from cooperation.core.errors import Conflict, Invalid, NotFound
from cooperation.core.ids import new_id
from cooperation.core.text import _
from cooperation.vault.root import RootKeys

NOTE_CHARACTERS = 200
_TABLE = "member_cases"


class CaseKind(StrEnum):
    """What the two people decide."""

    CONFIRMATION = "confirmation"
    REFOUNDING = "refounding"


class SecondPersonError(Conflict):
    """The one who proposed tries to confirm."""

    sentence = _("You proposed this yourself. A second person of the Secretariat confirms it.")


@dataclass(frozen=True)
class Case:
    """An open case: its subject is a person's id or a circle's name."""

    id: str
    kind: CaseKind
    subject: str
    note: str
    proposed_by: str
    proposed_at: datetime


def open_case_of(session: Session, root: RootKeys, kind: CaseKind, subject: str) -> Case | None:
    """Return the case that waits for its second person, if there is one."""
    row = _open_row(session, kind, subject)
    return None if row is None else _as_case(root, row)


def open_cases(session: Session, root: RootKeys) -> list[Case]:
    """Return all cases that wait for their second person, oldest first."""
    rows = session.scalars(
        sa.select(MemberCaseRow)
        .where(MemberCaseRow.confirmed_at.is_(None), MemberCaseRow.withdrawn_at.is_(None))
        .order_by(MemberCaseRow.proposed_at, MemberCaseRow.id)
    )
    return [_as_case(root, row) for row in rows]


def propose_case(ctx: RequestContext, kind: CaseKind, subject: str, note: str) -> str:
    """Write down who proposes what against which note; return the case's id.

    Raises `Invalid` without a note, `Conflict` where a case about the subject is open.
    """
    said = " ".join(note.split())
    if not said or len(said) > NOTE_CHARACTERS:
        sentence = _("Write on what word you act, in at most 200 characters.")
        raise Invalid(errors=(("note", sentence),))
    audit.wait_for_turn(ctx.session)
    if _open_row(ctx.session, kind, subject) is not None:
        raise Conflict(_("A colleague has proposed this already."))
    case_id = new_id()
    ctx.session.add(
        MemberCaseRow(
            id=case_id,
            kind=kind,
            subject=subject,
            sealed_note=wrap_text(ctx.root, said, table=_TABLE, row=case_id, kind="note"),
            proposed_by=ctx.actor.person_id,
            proposed_at=ctx.now,
        )
    )
    ctx.session.flush()
    return case_id


def confirm_case(ctx: RequestContext, kind: CaseKind, subject: str) -> str:
    """Close the open case as its second person; return its id.

    Raises `NotFound` where none is open, `SecondPersonError` for the one who proposed it.
    """
    row = _open_row(ctx.session, kind, subject)
    if row is None:
        raise NotFound
    if row.proposed_by == ctx.actor.person_id:
        raise SecondPersonError
    row.confirmed_by = ctx.actor.person_id
    row.confirmed_at = ctx.now
    ctx.session.flush()
    return row.id


def withdraw_case(ctx: RequestContext, kind: CaseKind, subject: str) -> None:
    """Take the open case back; raises `NotFound` where none is open."""
    row = _open_row(ctx.session, kind, subject)
    if row is None:
        raise NotFound
    row.withdrawn_at = ctx.now
    ctx.session.flush()


def _open_row(session: Session, kind: CaseKind, subject: str) -> MemberCaseRow | None:
    return session.scalar(
        sa.select(MemberCaseRow)
        .where(
            MemberCaseRow.kind == kind,
            MemberCaseRow.subject == subject,
            MemberCaseRow.confirmed_at.is_(None),
            MemberCaseRow.withdrawn_at.is_(None),
        )
        .with_for_update()
    )


def _as_case(root: RootKeys, row: MemberCaseRow) -> Case:
    return Case(
        id=row.id,
        kind=CaseKind(row.kind),
        subject=row.subject,
        note=unwrap_text(root, row.sealed_note, table=_TABLE, row=row.id, kind="note"),
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
    )
