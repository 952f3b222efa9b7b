"""Propose, look, approve, refuse, withdraw; what each act is, its declaration says.

propose(ctx, PUBLISHING, shown_hash=...) -> str              the first person
open_acts(ctx, acts), decided_acts(ctx, acts)                what waits, what was decided
find_act(ctx, acts, act_id) -> Shown                         what the page shows
approve(ctx, acts, act_id, shown_hash=...)                   the second person: it takes effect
refuse(ctx, acts, act_id, reason=...)                        the second person, who says why
withdraw(ctx, acts, act_id)                                  the first person
end(session, ...), end_over(session, now)                    what a change or time has ended
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import POLICY, Permission
from cooperation.access.rules import Institution, Role
from cooperation.audit import service as audit
from cooperation.audit.rules import Scope as Names
from cooperation.circles import service as circles
from cooperation.core.db import Session
from cooperation.core.errors import Invalid, NotFound
from cooperation.core.ids import new_id
from cooperation.core.text import Text, _
from cooperation.two_persons.models import WRAPPED, ActRow
from cooperation.two_persons.rules import (
    TEXT_CHARACTERS,
    WAITING_LIFE,
    Act,
    ActChangedError,
    ActClosedError,
    ActStatus,
    ApprovalMissingError,
    NotYoursError,
    ProposedAlreadyError,
    refuse_to_decide,
    status_at,
)

__all__ = [
    "WRAPPED",
    "ActPage",
    "Acts",
    "Approval",
    "Halves",
    "Scope",
    "Shown",
    "TwoPersonAct",
    "approve",
    "decided_acts",
    "end",
    "end_over",
    "find_act",
    "find_approval",
    "find_waiting",
    "halves_of",
    "mark_done",
    "open_acts",
    "propose",
    "refuse",
    "use",
    "withdraw",
]

_TABLE = "waiting_acts"
_OPEN = (ActStatus.WAITING, ActStatus.APPROVED)
_SHOWN = 30


@dataclass(frozen=True)
class Scope:
    """What an entry of the log names besides the act: whom and what it concerns."""

    edition: str | None = None
    states: Names = ()
    questions: Names = ()
    subject: str | None = None


@dataclass(frozen=True)
class ActPage:
    """What the page of an act shows: facts, what will happen, and a template of its own slice.

    `template` gets the act as `act` and `values` as `values`; `warning` is a title and a sentence.
    `command` is what an administrator calls once it is approved.
    """

    title: Text
    facts: tuple[tuple[Text, object], ...] = ()
    effects: tuple[Text, ...] = ()
    warning: tuple[Text, Text] | None = None
    template: str | None = None
    values: object = None
    command: str | None = None
    is_confidential: bool = False


Work = Callable[[RequestContext, Act], None]


def _nothing(ctx: RequestContext, act: Act) -> None:
    del ctx, act


@dataclass(frozen=True)
class TwoPersonAct:
    """What a slice declares of an act.

    `proposes` lets be the first; nothing where another permission was asked before. `decides` and
    `seconds` let be the second. `hash_now` is the hash of what is there now, where that may change:
    if it is not the one proposed, the act is void. `do` is what an approval does and logs, `undo`
    what ends with a refusal or withdrawal; `proposed` and `ended` (refused, withdrawn) are the
    other actions of the log, none where a signed statement is logged already. `life` is how long it
    waits, `approval_life` how long a command may carry an approval out. `line` is the act in lists,
    `page` what the second person is shown.
    """

    kind: str
    label: Text
    decides: Permission
    proposed: str | None
    ended: tuple[str, str]
    done: Text
    page: Callable[[RequestContext, Act], ActPage]
    do: Work
    undo: Work = _nothing
    hash_now: Callable[[RequestContext, Act], bytes] | None = None
    proposes: Permission | None = None
    line: Callable[[RequestContext, Act], Text] | None = None
    seconds: Callable[[RequestContext, Act], frozenset[Role]] | None = None
    scopes: Callable[[RequestContext, Act], Sequence[Scope]] | None = None
    life: timedelta | None = WAITING_LIFE
    approval_life: timedelta | None = None

    def seconds_of(self, ctx: RequestContext, act: Act) -> frozenset[Role]:
        """Return the roles of which one may be the second person."""
        return POLICY[self.decides] if self.seconds is None else self.seconds(ctx, act)

    @property
    def firsts(self) -> frozenset[Role]:
        """The roles of which one proposes it, where it says so."""
        return POLICY[self.proposes] if self.proposes else frozenset()

    def is_as_proposed(self, ctx: RequestContext, act: Act) -> bool:
        """Tell whether what the act is about has not changed since."""
        return self.hash_now is None or self.hash_now(ctx, act) == act.shown_hash

    def line_of(self, ctx: RequestContext, act: Act) -> Text:
        """Return the act in one line of a list."""
        return self.label if self.line is None else self.line(ctx, act)


Acts = Mapping[str, TwoPersonAct]
"""The declarations by kind."""


class Halves(NamedTuple):
    """Who did which half when, for slices whose rows have the act's id."""

    status: ActStatus
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None


@dataclass(frozen=True)
class Approval:
    """What a second person approved and a command may carry out once."""

    id: str
    proposed_by: str
    approved_by: str
    ends_at: datetime


@dataclass(frozen=True)
class Shown:
    """An act as the actor sees it, with its declaration."""

    act: Act
    declared: TwoPersonAct
    line: Text
    may_decide: bool
    is_own: bool


def propose(
    ctx: RequestContext,
    declared: TwoPersonAct,
    *,
    shown_hash: bytes,
    act_id: str | None = None,
    subject: str | None = None,
    institution: Institution = Institution.NONE,
    roles: Iterable[Role] = (),
    note: str = "",
) -> str:
    """Let an act wait for its second person; return its id.

    `subject` is the act itself where it is left out; one act of a kind waits about a subject.
    Raises `ProposedAlreadyError`.
    """
    if declared.proposes is not None:
        require(ctx.actor, declared.proposes)
    circles.take_turn(ctx.session)
    act_id = act_id or new_id()
    if _waiting_rows(ctx.session, declared.kind, subject or act_id, ctx.now):
        raise ProposedAlreadyError
    row = ActRow(
        id=act_id,
        kind=declared.kind,
        status=ActStatus.WAITING,
        subject=subject or act_id,
        shown_hash=shown_hash,
        institution=institution,
        roles=" ".join(sorted(roles)),
        sealed_note=ctx.root.wrap(note.encode(), table=_TABLE, row=act_id, kind="note"),
        proposed_by=ctx.actor.person_id,
        proposed_at=ctx.now,
        ends_at=None if declared.life is None else ctx.now + declared.life,
    )
    ctx.session.add(row)
    ctx.session.flush()
    if declared.proposed is not None:
        _log(ctx, declared, _as_act(ctx, row), declared.proposed)
    return act_id


def open_acts(ctx: RequestContext, acts: Acts, *, are_judged: bool = True) -> list[Shown]:
    """Return what waits, of what the actor may see, oldest first.

    Not judged, an act stands among them that is void because what it is about has changed.
    """
    rows = ctx.session.scalars(
        sa.select(ActRow)
        .where(ActRow.status == ActStatus.WAITING)
        .order_by(ActRow.proposed_at, ActRow.id)
    )
    found = (_shown(ctx, acts, row, is_judged=are_judged) for row in rows)
    return [each for each in found if each is not None and each.act.is_waiting]


def decided_acts(ctx: RequestContext, acts: Acts) -> list[Shown]:
    """Return the newest acts that wait no more, of those that the actor may see."""
    rows = ctx.session.scalars(
        sa.select(ActRow).order_by(ActRow.proposed_at.desc(), ActRow.id).limit(10 * _SHOWN)
    )
    found = (_shown(ctx, acts, row) for row in rows)
    return [each for each in found if each is not None and not each.act.is_waiting][:_SHOWN]


def find_act(ctx: RequestContext, acts: Acts, act_id: str) -> Shown:
    """Return an act that the actor may see; raises `NotFound` for any other."""
    row = ctx.session.get(ActRow, act_id)
    found = None if row is None else _shown(ctx, acts, row)
    if found is None:
        raise NotFound
    return found


def approve(ctx: RequestContext, acts: Acts, act_id: str, *, shown_hash: bytes) -> Shown:
    """Approve exactly what the first person proposed; it takes effect at once.

    What a command carries out may be carried out from now on. Raises `SamePersonError`,
    `AboutHerselfError`, `ActClosedError`, `ActChangedError`, and what the act itself refuses.
    """
    row, declared, act = _to_decide(ctx, acts, act_id)
    if shown_hash != act.shown_hash:
        raise ActChangedError
    declared.do(ctx, act)
    life = declared.approval_life
    _decide(ctx, row, ActStatus.APPROVED)
    row.ends_at = None if life is None else ctx.now + life
    ctx.session.flush()
    return find_act(ctx, acts, act_id)


def refuse(ctx: RequestContext, acts: Acts, act_id: str, *, reason: str) -> None:
    """Refuse an act; the first person reads the reason. Raises `Invalid` (field "reason")."""
    row, declared, act = _to_decide(ctx, acts, act_id)
    text = reason.strip()
    if not text or len(text) > TEXT_CHARACTERS:
        raise Invalid(errors=(("reason", _("Give a reason of at most 400 characters.")),))
    row.sealed_reason = ctx.root.wrap(text.encode(), table=_TABLE, row=row.id, kind="reason")
    _decide(ctx, row, ActStatus.REFUSED)
    declared.undo(ctx, act)
    _log(ctx, declared, act, declared.ended[0])


def withdraw(ctx: RequestContext, acts: Acts, act_id: str) -> None:
    """Take one's own proposal back; raises `ActClosedError`, `NotYoursError` for a colleague's."""
    row, declared, act = _in_turn(ctx, acts, act_id)
    if act.proposed_by != ctx.actor.person_id:
        raise NotYoursError
    if row.status != ActStatus.WAITING:
        raise ActClosedError
    _decide(ctx, row, ActStatus.WITHDRAWN)
    declared.undo(ctx, act)
    _log(ctx, declared, act, declared.ended[1])


def end(
    session: Session,
    now: datetime,
    *,
    act_id: str | None = None,
    subject: str | None = None,
    shown_hash: bytes | None = None,
    by: str | None = None,
    status: ActStatus = ActStatus.VOID,
) -> bool:
    """End what waits, or may still be carried out, since what it is about has changed or ended.

    Tells whether it was open; the caller has a reason of its own to log.
    """
    named = {ActRow.id: act_id, ActRow.subject: subject, ActRow.shown_hash: shown_hash}
    wanted = [column == value for column, value in named.items() if value is not None]
    is_open = sa.or_(
        ActRow.status == ActStatus.WAITING,
        sa.and_(ActRow.status == ActStatus.APPROVED, ActRow.ends_at.is_not(None)),
    )
    rows = session.scalars(sa.select(ActRow).where(is_open, *wanted)).all()
    for row in rows if wanted else ():
        row.status, row.decided_by, row.decided_at = status, by, now
    session.flush()
    return bool(rows and wanted)


def end_over(session: Session, now: datetime, *, only_look: bool = False) -> int:
    """Write down whose time is over, since a clock may be set back; return how many."""
    over = sa.and_(ActRow.status.in_(_OPEN), ActRow.ends_at <= now)
    if only_look:
        return session.scalar(sa.select(sa.func.count()).where(over)) or 0
    rows = session.scalars(sa.select(ActRow).where(over)).all()
    for row in rows:
        row.status = ActStatus.OVER
    session.flush()
    return len(rows)


def mark_done(session: Session, act_id: str, at: datetime) -> bool:
    """Say of an act that it was approved and done; for a restore, which does it again."""
    row = session.get(ActRow, act_id)
    if row is None or row.status != ActStatus.WAITING:
        return False
    row.status, row.decided_at, row.ends_at = ActStatus.APPROVED, at, None
    session.flush()
    return True


def find_waiting(session: Session, kind: str, subject: str, now: datetime) -> str | None:
    """Return the id of the act of a kind that waits about a subject, if one does."""
    rows = _waiting_rows(session, kind, subject, now)
    return rows[0].id if rows else None


def halves_of(session: Session, kind: str, now: datetime) -> dict[str, Halves]:
    """Return who did which half of all acts of a kind, by id; nothing is unwrapped."""
    table = ActRow.__table__.c
    columns = (table.proposed_by, table.proposed_at, table.decided_by, table.decided_at)
    rows = session.execute(
        sa.select(table.id, table.status, table.ends_at, *columns).where(table.kind == kind)
    )
    return {
        act_id: Halves(status_at(ActStatus(status), ends_at, now), *rest)
        for act_id, status, ends_at, *rest in rows
    }


def find_approval(
    session: Session, kind: str, shown_hash: bytes, *, now: datetime
) -> Approval | None:
    """Return the approval of exactly this act that a command may carry out now, if one is open."""
    row = session.scalar(
        sa.select(ActRow)
        .where(
            ActRow.kind == kind,
            ActRow.shown_hash == shown_hash,
            ActRow.status == ActStatus.APPROVED,
            ActRow.decided_by != ActRow.proposed_by,
            ActRow.ends_at > now,
        )
        .order_by(ActRow.decided_at.desc())
        .limit(1)
    )
    if row is None or row.decided_by is None or row.ends_at is None:
        return None
    return Approval(row.id, row.proposed_by, row.decided_by, row.ends_at)


def use(session: Session, act_id: str, *, now: datetime) -> None:
    """Use an approval up and log that the act is carried out; raises `ApprovalMissingError`."""
    row = session.get(ActRow, act_id, with_for_update=True)
    is_open = row is not None and row.status == ActStatus.APPROVED
    if row is None or not is_open or row.ends_at is None or now >= row.ends_at:
        raise ApprovalMissingError
    row.status, row.used_at = ActStatus.USED, now
    session.flush()
    audit.record(
        session, actor=None, action="act.used", at=now, commitment=row.shown_hash, subject=row.id
    )


def _waiting_rows(session: Session, kind: str, subject: str, now: datetime) -> Sequence[ActRow]:
    return session.scalars(
        sa.select(ActRow).where(
            ActRow.kind == kind,
            ActRow.subject == subject,
            ActRow.status == ActStatus.WAITING,
            sa.or_(ActRow.ends_at.is_(None), ActRow.ends_at > now),
        )
    ).all()


def _in_turn(ctx: RequestContext, acts: Acts, act_id: str) -> tuple[ActRow, TwoPersonAct, Act]:
    """Return an act that the actor may see, once everybody who was deciding on it has ended."""
    require(ctx.actor, Permission.READ_WAITING)
    circles.take_turn(ctx.session)
    row = ctx.session.get(ActRow, act_id, populate_existing=True)
    found = None if row is None else _shown(ctx, acts, row)
    if row is None or found is None:
        raise NotFound
    return row, found.declared, found.act


def _to_decide(ctx: RequestContext, acts: Acts, act_id: str) -> tuple[ActRow, TwoPersonAct, Act]:
    require(ctx.actor, Permission.DECIDE_WAITING)
    row, declared, act = _in_turn(ctx, acts, act_id)
    require(ctx.actor, declared.decides)
    require_step_up(ctx.actor, declared.decides, ctx.now)
    refuse_to_decide(act, ctx.actor, declared.seconds_of(ctx, act))
    return row, declared, act


def _decide(ctx: RequestContext, row: ActRow, status: ActStatus) -> None:
    row.status = status
    row.decided_by, row.decided_at = ctx.actor.person_id, ctx.now
    ctx.session.flush()


def _shown(ctx: RequestContext, acts: Acts, row: ActRow, *, is_judged: bool = True) -> Shown | None:
    """Return a row as the actor sees it; nothing where it is not for her.

    Whoever did a half goes on seeing it: who may be the second can change with the act itself,
    where it founds again a circle that had nobody.
    """
    declared = acts[row.kind]
    act = _as_act(ctx, row)
    seconds = declared.seconds_of(ctx, act)
    is_hers = ctx.actor.person_id in {act.proposed_by, act.decided_by}
    if not is_hers and ctx.actor.roles.isdisjoint(seconds | declared.firsts):
        return None
    if is_judged and act.is_waiting and not declared.is_as_proposed(ctx, act):
        act = replace(act, status=ActStatus.VOID)
    return Shown(
        act=act,
        declared=declared,
        line=declared.line_of(ctx, act),
        may_decide=act.may_be_decided_by(ctx.actor, seconds),
        is_own=act.proposed_by == ctx.actor.person_id,
    )


def _as_act(ctx: RequestContext, row: ActRow) -> Act:
    granted = row.roles.split()
    return Act(
        id=row.id,
        kind=row.kind,
        status=status_at(ActStatus(row.status), row.ends_at, ctx.now),
        subject=row.subject,
        shown_hash=row.shown_hash,
        institution=Institution(row.institution),
        roles=tuple(role for role in Role if role in granted),
        note=_unwrapped(ctx, row.sealed_note, row.id, "note"),
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        ends_at=row.ends_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=_unwrapped(ctx, row.sealed_reason, row.id, "reason"),
    )


def _unwrapped(ctx: RequestContext, sealed: bytes | None, act_id: str, kind: str) -> str:
    if sealed is None:
        return ""
    return ctx.root.unwrap(sealed, table=_TABLE, row=act_id, kind=kind).decode()


def _log(ctx: RequestContext, declared: TwoPersonAct, act: Act, action: str) -> None:
    scopes = (Scope(),) if declared.scopes is None else declared.scopes(ctx, act)
    for scope in scopes:
        audit.record(
            ctx.session,
            actor=ctx.actor,
            action=action,
            at=ctx.now,
            edition=scope.edition,
            states=scope.states,
            questions=scope.questions,
            commitment=act.shown_hash,
            subject=scope.subject or act.id,
        )
