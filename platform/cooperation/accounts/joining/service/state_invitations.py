"""First invitations of States: all in one request, whose answer is the PDF of code letters.

Their mails with links stay held until a head confirms that the letters were printed; made again,
the earlier ones are void (vault.md, Invitations).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import Permission
from cooperation.access.rules import Institution, Role
from cooperation.accounts import queries
from cooperation.accounts.joining.service.mails import activation_link, send_link
from cooperation.accounts.joining.service.voiding import void_invitation
from cooperation.accounts.models import PersonInvitationRow
from cooperation.accounts.rules import InvitationKind, InvitationStatus
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.circles.rules import state_circle
from cooperation.core.errors import Conflict
from cooperation.core.ids import new_id
from cooperation.core.text import _
from cooperation.outbox import service as outbox
from cooperation.register import service as register
from cooperation.register.rules import Address


class NotHeldError(Conflict):
    """An invitation to be confirmed was voided, used or confirmed before."""

    sentence = _("Some of these letters are not valid any more. Make and print them again.")


@dataclass(frozen=True)
class StateInvitation:
    """What a code letter needs; `link` is given only where no e-mail address is known."""

    state_code: str
    invitation_id: str
    link: str | None
    code: str


@dataclass(frozen=True)
class CodeLetterFacts:
    """A code letter that waits for its State; `email` is empty where the link went on paper."""

    made_at: datetime
    is_sent: bool
    email: str


def prepare_state_invitations(
    ctx: RequestContext, state_codes: Sequence[str], *, ends_on: date
) -> list[StateInvitation]:
    """Make the first invitations of those of these States that have no circle yet.

    Valid until the end of `ends_on` (UTC); earlier unused ones are void. The codes are in the
    answer and nowhere else.
    """
    require(ctx.actor, Permission.PRINT_CODE_LETTERS)
    require_step_up(ctx.actor, Permission.PRINT_CODE_LETTERS, ctx.now)
    wanted = [
        code for code in state_codes if not circles.circle_exists(ctx.session, state_circle(code))
    ]
    for earlier in queries.unused_state_invitations(ctx.session, wanted):
        void_invitation(ctx.session, earlier, actor=ctx.actor, now=ctx.now)
    ends_at = datetime.combine(ends_on, time(23, 59, 59), tzinfo=UTC)
    posts = register.addresses_of_record(ctx.session, ctx.root)
    made = [_prepare_one(ctx, code, ends_at, posts.get(code)) for code in wanted]
    ctx.session.flush()
    return made


def code_letter_of(ctx: RequestContext, state_code: str) -> CodeLetterFacts | None:
    """Return what is known of a State's code letter that nobody has used yet, if there is one."""
    require(ctx.actor, Permission.REFOUND_CIRCLE)
    rows = queries.unused_state_invitations(ctx.session, (state_code,))
    row = max(rows, key=lambda each: each.made_at, default=None)
    if row is None or row.ends_at <= ctx.now:
        return None
    post = register.address_of_record(ctx.session, ctx.root, state_code)
    email = post.email if post is not None and row.mail_id else ""
    return CodeLetterFacts(row.made_at, row.status != InvitationStatus.HELD, email)


def confirm_printed(ctx: RequestContext, invitation_ids: Sequence[str]) -> None:
    """Open the invitations whose letters were printed, and let their mails go.

    Raises `NotHeldError` and changes nothing when one of them is not held any more.
    """
    require(ctx.actor, Permission.PRINT_CODE_LETTERS)
    rows = queries.invitations_by_id(ctx.session, invitation_ids)
    if len(rows) != len(set(invitation_ids)) or any(
        row.status != InvitationStatus.HELD for row in rows
    ):
        raise NotHeldError
    for row in rows:
        row.status = InvitationStatus.OPEN
        audit.record(
            ctx.session,
            actor=ctx.actor,
            action="invitation.printed",
            at=ctx.now,
            subject=row.id,
            states=(row.state_code,) if row.state_code else (),
        )
    outbox.release(ctx.session, [row.mail_id for row in rows if row.mail_id], ctx.now)
    ctx.session.flush()


def _prepare_one(
    ctx: RequestContext, state_code: str, ends_at: datetime, post: Address | None
) -> StateInvitation:
    row = PersonInvitationRow(
        id=new_id(),
        kind=InvitationKind.STATE,
        status=InvitationStatus.HELD,
        role=Role.FOCAL_POINT,
        institution=Institution.STATE,
        state_code=state_code,
        inviter_id=ctx.actor.person_id,
        made_at=ctx.now,
        ends_at=ends_at,
    )
    ctx.session.add(row)
    ctx.session.flush()
    halves = circles.make_invitation(
        ctx,
        invitation_id=row.id,
        role=Role.FOCAL_POINT,
        circle=state_circle(state_code),
        ends_at=ends_at,
    )
    link = activation_link(ctx.settings, row.id, halves.token)
    if post is None or not post.email:
        return StateInvitation(state_code, row.id, link, halves.code)
    row.mail_id = send_link(
        ctx.session,
        ctx.root,
        to=post.email,
        language=post.language,
        link=link,
        ends_at=ends_at,
        now=ctx.now,
        invitation_id=row.id,
        role=Role.FOCAL_POINT,
        state_code=state_code,
        held=True,
    )
    return StateInvitation(state_code, row.id, None, halves.code)
