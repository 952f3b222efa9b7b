"""Vouching for somebody whose account was not used for fifteen months (reliability 1.4).

A colleague who invites people confirms one of her own institution. Where there is no such colleague
two people of the Secretariat do it against a note; where these are not there either, nobody is
blocked (`unused`). Nothing was deleted meanwhile.
"""

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import Permission
from cooperation.access.rules import INVITING_ROLES, Institution
from cooperation.accounts.joining.service.cases import CaseKind, confirm_case, propose_case
from cooperation.accounts.models import PersonRow
from cooperation.accounts.people.service.people import is_in_reach
from cooperation.accounts.people.service.unused import has_colleague, is_unused
from cooperation.audit import service as audit
from cooperation.core.errors import Conflict, NotAllowed, NotFound
from cooperation.core.text import _


class NotBlockedError(Conflict):
    """Somebody confirms an account that is not blocked any more."""

    sentence = _("This account is not blocked. Nothing is left to do.")


class ColleagueFirstError(NotAllowed):
    """The Secretariat is asked although a colleague of the person can confirm her."""

    sentence = _("A colleague of this person invites people, and confirms her.")


def confirm_person(ctx: RequestContext, person_id: str) -> None:
    """Let a colleague whose account was blocked sign in again.

    Raises `NotFound` for a person of another institution, `NotBlockedError`.
    """
    _require(ctx)
    row = _blocked_row(ctx, person_id)
    if not may_confirm(ctx, row):
        raise NotFound
    _confirm(ctx, row)


def propose_confirmation(ctx: RequestContext, person_id: str, *, note: str) -> None:
    """Propose, as one of two people of the Secretariat, to confirm a person without a colleague.

    Raises `ColleagueFirstError`, `NotBlockedError`, `Invalid` without a note.
    """
    _require_secretariat(ctx)
    row = _blocked_row(ctx, person_id)
    _require_alone(ctx, row)
    case_id = propose_case(ctx, CaseKind.CONFIRMATION, row.id, note)
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action="person.confirmation_proposed",
        at=ctx.now,
        subject=case_id,
        states=_states_of(row),
    )


def confirm_proposed(ctx: RequestContext, person_id: str) -> None:
    """Confirm, as the second person of the Secretariat, what a colleague proposed.

    Raises `SecondPersonError`, `NotFound` without a proposal, `NotBlockedError`.
    """
    _require_secretariat(ctx)
    row = _blocked_row(ctx, person_id)
    _require_alone(ctx, row)
    confirm_case(ctx, CaseKind.CONFIRMATION, row.id)
    _confirm(ctx, row)


def may_confirm(ctx: RequestContext, row: PersonRow) -> bool:
    """Tell whether the actor vouches for this person alone, as a colleague who invites people."""
    if not ctx.actor.roles & INVITING_ROLES or row.id == ctx.actor.person_id:
        return False
    return is_in_reach(ctx, row)


def _require(ctx: RequestContext) -> None:
    require(ctx.actor, Permission.CONFIRM_PERSON)
    require_step_up(ctx.actor, Permission.CONFIRM_PERSON, ctx.now)


def _require_secretariat(ctx: RequestContext) -> None:
    _require(ctx)
    if ctx.actor.institution is not Institution.SECRETARIAT:
        raise NotAllowed


def _require_alone(ctx: RequestContext, row: PersonRow) -> None:
    if has_colleague(ctx.session, row, ctx.now):
        raise ColleagueFirstError


def _blocked_row(ctx: RequestContext, person_id: str) -> PersonRow:
    row = ctx.session.get(PersonRow, person_id, with_for_update=True)
    if row is None or not _is_visible(ctx, row):
        raise NotFound
    if not is_unused(row, ctx.now):
        raise NotBlockedError
    return row


def _is_visible(ctx: RequestContext, row: PersonRow) -> bool:
    return ctx.actor.institution is Institution.SECRETARIAT or may_confirm(ctx, row)


def _confirm(ctx: RequestContext, row: PersonRow) -> None:
    row.confirmed_at = ctx.now
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action="person.confirmed",
        at=ctx.now,
        subject=row.id,
        states=_states_of(row),
    )
    ctx.session.flush()


def _states_of(row: PersonRow) -> tuple[str, ...]:
    return (row.state_code,) if row.state_code else ()
