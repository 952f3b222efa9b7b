"""New versions of a circle's key: somebody leaves, an edition opens (vault.md, Removal).

The former private key is sealed to the new one, so that who holds the newest opens all before it.
Those who stay, the recovery sheets, `assembly` through the circle, and the open invitations get the
new key; who leaves keeps nothing but what she has copied, and that opens nothing of what follows.
"""

from cooperation.access.context import RequestContext
from cooperation.circles import queries
from cooperation.circles.models import CircleVersionRow
from cooperation.circles.rules import CircleVersion
from cooperation.circles.service.circle_keys import (
    PublicCircle,
    Recipient,
    admit_member,
    current_circles,
    held_key,
    link_place,
    person_recipient,
    public_circle,
)
from cooperation.circles.service.members import states_of
from cooperation.circles.service.packages import drop_packages, seal_packages_again
from cooperation.circles.service.sheets import recovery_sheets, sheet_recipients
from cooperation.circles.service.verified import (
    LogNote,
    append_statement,
    check_anchor,
    directory_of,
    take_turn,
)
from cooperation.core.db import Session, note_destruction
from cooperation.core.errors import NotFound
from cooperation.core.failpoints import reach
from cooperation.vault.grants import seal_link
from cooperation.vault.keys import PrivateKey, key_hash
from cooperation.vault.statements import Circle, Remove, Statement, moment


def renew_circle(
    ctx: RequestContext, circle: str, *, removing: tuple[str, ...] = ()
) -> CircleVersion:
    """Give a circle a new key; `removing` are members and recovery sheets that leave.

    Who stays gets it: persons, circles, sheets. Blobs and memberships of who leaves are deleted,
    their open invitations forgotten (`invitations_by` says which), recovery sheets that they made
    are void: they have seen the letters. Raises `StatementRefused` where the directory's rules do
    not allow it (nobody removes herself, so one who may invite always stays), `CannotOpen`,
    `DirectoryChanged`.
    """
    check_anchor(ctx.session, ctx.reader.anchor)
    take_turn(ctx.session)
    former = public_circle(ctx.session, circle)
    former_key = held_key(ctx.session, ctx.reader, former)
    outer_keys = _outer_keys(ctx, circle)
    sheets = directory_of(ctx.session).circle(circle).sheets_by(removing)
    removing = tuple(dict.fromkeys((*removing, *sheets)))
    for member in removing:
        _sign_removal(ctx, circle, member)
    reach("removal.signed")
    renewed, key = _next_version(ctx, former, former_key)
    reach("removal.linked")
    _give_to_members(ctx.session, renewed, key)
    reach("removal.given")
    for outer, outer_key in outer_keys:
        queries.delete_memberships(ctx.session, outer.name, members=(circle,))
        admit_member(ctx.session, outer, outer_key, _as_member(renewed))
    reach("removal.assembly_given")
    queries.delete_memberships(ctx.session, circle, members=removing)
    queries.delete_members(ctx.session, removing)
    drop_packages(ctx.session, removing)
    seal_packages_again(ctx, renewed, key)
    reach("removal.packed")
    note_destruction(ctx.session)
    return CircleVersion(circle, renewed.version, renewed.key_hash)


def void_recovery_sheet(ctx: RequestContext, sheet_id: str) -> None:
    """Take a sheet of the actor's circle out of it; the circle gets a new key. `NotFound`."""
    take_turn(ctx.session)
    if sheet_id not in {each.id for each in recovery_sheets(ctx) if each.used_at is None}:
        raise NotFound
    circle = directory_of(ctx.session).person(ctx.reader.person_id).circle
    renew_circle(ctx, circle, removing=(sheet_id,))


def _outer_keys(ctx: RequestContext, circle: str) -> list[tuple[PublicCircle, PrivateKey]]:
    """Return the keys that the circle's people reach through it, before they get a new one."""
    around = [each for each in directory_of(ctx.session).circles_with(circle) if each.has(circle)]
    outer = [public_circle(ctx.session, each.name) for each in around]
    return [(each, held_key(ctx.session, ctx.reader, each)) for each in outer]


def _sign_removal(ctx: RequestContext, circle: str, member: str) -> None:
    directory = directory_of(ctx.session)
    is_circle = member in directory.circles
    action = "circle.removed" if is_circle else "person.removed"
    if member in directory.circle(circle).sheets:
        action = "recovery_sheet.voided"
    states = states_of(None, member if is_circle else circle)
    subject = None if is_circle else member
    _append(ctx, Remove(circle, member, moment(ctx.now)), action, subject, states)


def _next_version(
    ctx: RequestContext, former: PublicCircle, former_key: PrivateKey
) -> tuple[PublicCircle, PrivateKey]:
    """Sign the next version of a circle's key, and link it to the one before."""
    key = PrivateKey.generate()
    public_key, version = key.public_bytes(), former.version + 1
    renewed = PublicCircle(former.name, version, key_hash(public_key), public_key)
    statement = Circle(former.name, version, renewed.key_hash, former.key_hash, moment(ctx.now))
    _append(ctx, statement, "circle.versioned", None, states_of(None, former.name))
    place = link_place(directory_of(ctx.session), former.name, version)
    ctx.session.add(
        CircleVersionRow(
            circle=former.name,
            version=version,
            public_key=public_key,
            sealed_previous=seal_link(former_key, public_key, place),
            created_at=ctx.now,
        )
    )
    ctx.session.flush()
    return renewed, key


def _give_to_members(session: Session, circle: PublicCircle, key: PrivateKey) -> None:
    """Seal the new key to those who stay; what was sealed to anybody before is deleted.

    What was sealed before the circle was founded again belongs to the sheets of that time.
    """
    directory = directory_of(session)
    entry = directory.circle(circle.name)
    inner = sorted(entry.present & directory.circles.keys())
    people = sorted(entry.present - directory.circles.keys())
    queries.members(session, people)
    recipients = [
        *(person_recipient(session, person_id) for person_id in people),
        *(_as_member(each) for each in current_circles(session, inner)),
        *sheet_recipients(session, circle.name),
    ]
    queries.delete_memberships(session, circle.name, since=entry.first_version)
    admit_member(session, circle, key, *recipients)


def _as_member(circle: PublicCircle) -> Recipient:
    return Recipient(circle.name, circle.version, circle.public_key)


def _append(
    ctx: RequestContext,
    statement: Statement,
    action: str,
    subject: str | None,
    states: tuple[str, ...],
) -> None:
    note = LogNote(ctx.actor, action, ctx.now, subject, states)
    append_statement(ctx.session, statement, ctx.reader.as_signer(), note)
