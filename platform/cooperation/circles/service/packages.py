"""Packages of open invitations: what the newcomer must have, kept at the circle's newest key."""

from collections.abc import Iterable

from cooperation.access.context import RequestContext
from cooperation.circles import queries
from cooperation.circles.service.circle_keys import PublicCircle
from cooperation.circles.service.verified import directory_of
from cooperation.core.db import Session
from cooperation.vault.entries import InvitationEntry, Rules
from cooperation.vault.errors import DirectoryChanged
from cooperation.vault.invitation import Package, seal_package
from cooperation.vault.keys import PrivateKey, key_hash
from cooperation.vault.statements import InviteAction


def invitations_by(session: Session, person_id: str) -> frozenset[str]:
    """Return the ids of the invitations that a person made and nobody has used."""
    invitations = directory_of(session).invitations
    return frozenset(
        key for key, entry in invitations.items() if entry.inviter == person_id and not entry.person
    )


def drop_packages(session: Session, inviters: Iterable[str]) -> None:
    """Delete the packages of these people's invitations, so that their halves open nothing."""
    made = [key for person_id in inviters for key in invitations_by(session, person_id)]
    for row in queries.open_invitation_keys(session, made):
        session.delete(row)
    session.flush()


def seal_packages_again(ctx: RequestContext, circle: PublicCircle, key: PrivateKey) -> None:
    """Seal a circle's new key to its open invitations; who founds has that which the new one joins.

    Raises `DirectoryChanged` for an invitation whose key is not the one that was signed.
    """
    directory = directory_of(ctx.session)
    wanted = {
        invitation: entry
        for invitation, entry in directory.invitations.items()
        if not entry.person and _carried_by(entry, directory.rules) == circle.name
    }
    package = Package(ctx.reader.anchor, circle.name, circle.version, key.raw)
    for row in queries.open_invitation_keys(ctx.session, wanted):
        is_over = row.ends_at <= ctx.now or not directory.is_member(wanted[row.id].inviter)
        if is_over:
            ctx.session.delete(row)
            continue
        if key_hash(row.sealing_key) != wanted[row.id].invite.sealing_hash:
            raise DirectoryChanged
        row.sealed_package = seal_package(
            package, row.sealing_key, instance=directory.instance, invitation=row.id
        )
    ctx.session.flush()


def _carried_by(entry: InvitationEntry, rules: Rules) -> str:
    """Return the circle whose key an invitation's package holds; empty for none."""
    circle = entry.invite.circle
    return rules.of(circle).joins if entry.invite.action == InviteAction.FOUND else circle
