"""An account is disabled: sessions end, open invitations are void, the e-mail is freed."""

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import Permission
from cooperation.access.rules import Institution
from cooperation.accounts import queries
from cooperation.accounts.joining.service.voiding import void_invitation
from cooperation.accounts.models import PersonRow
from cooperation.accounts.people.service.people import person_within_reach
from cooperation.accounts.rules import PersonStatus
from cooperation.accounts.signin.service.sessions import delete_sessions
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.core.errors import Conflict
from cooperation.core.text import _


class OwnAccountError(Conflict):
    """Somebody tries to disable her own account."""

    sentence = _("Nobody disables her own account. Ask a colleague or the administrator.")


def disable_person(ctx: RequestContext, person_id: str) -> None:
    """Disable an account at once: sessions end, open invitations by her are void, e-mail is freed.

    What a key would be needed for is left as "new keys due" (vault.md, Removal). Raises `NotFound`,
    `OwnAccountError`, `Conflict` for one that is disabled already.
    """
    require(ctx.actor, Permission.DISABLE_PERSON)
    require_step_up(ctx.actor, Permission.DISABLE_PERSON, ctx.now)
    row = person_within_reach(ctx, person_id)
    if row.id == ctx.actor.person_id:
        raise OwnAccountError
    if row.status != PersonStatus.ACTIVE:
        raise Conflict
    close_account(ctx, row, are_new_keys_due=row.institution != Institution.NONE)


def close_account(ctx: RequestContext, row: PersonRow, *, are_new_keys_due: bool) -> None:
    """Disable an account whoever decided it: no password opens it, nobody is signed in by it.

    The caller has asked who may; `are_new_keys_due` says whether its circle still needs new keys.
    """
    row.status = PersonStatus.DISABLED
    row.disabled_at = ctx.now
    row.disabled_by = ctx.actor.person_id
    row.email_lookup = None
    row.are_new_keys_due = are_new_keys_due
    delete_sessions(ctx.session, row.id)
    for invitation in queries.open_invitations(ctx.session, now=ctx.now, inviter_id=row.id):
        void_invitation(ctx.session, invitation, actor=ctx.actor, now=ctx.now)
    circles.disable_member(ctx.session, row.id, now=ctx.now)
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action="person.disabled",
        at=ctx.now,
        subject=row.id,
        states=(row.state_code,) if row.state_code else (),
    )
    ctx.session.flush()
