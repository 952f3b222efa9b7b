"""Rules of the directory for what comes after the founding: new keys, removal, a circle's end.

Each takes the directory, the signed statement and its place in the log; before anything has changed
it raises `StatementRefused` (design: vault.md, Whose key; Sign-in and sessions).
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from cooperation.vault.entries import (
    CircleEntry,
    Dissolution,
    FormerKey,
    Membership,
    SheetEntry,
)
from cooperation.vault.judging import known, require, typed
from cooperation.vault.statements import (
    Circle,
    Dissolve,
    Dissolved,
    InviteAction,
    Remove,
    Renew,
    Sheet,
    SignedStatement,
)

if TYPE_CHECKING:
    from cooperation.vault.directory import Directory


def renew_person(directory: "Directory", signed: SignedStatement, place: int) -> None:
    """Give a person new keys; she says so herself, with the key she had."""
    renew = typed(signed.statement, Renew)
    person = directory.person(renew.person)
    require(signed.signer == person.id and directory.is_member(person.id))
    require(renew.sealing_hash != person.sealing_hash and renew.signing_key != person.signing_key)
    directory.persons[person.id] = replace(
        person,
        sealing_hash=renew.sealing_hash,
        signing_key=renew.signing_key,
        key_version=person.key_version + 1,
        former=(*person.former, FormerKey(place, person.signing_key)),
    )


def renew_circle(
    directory: "Directory", signed: SignedStatement, place: int, existing: CircleEntry
) -> None:
    """Give a circle a new version of its key."""
    circle = typed(signed.statement, Circle)
    require(not existing.is_dissolved and directory.is_inviter(signed.signer, existing.name))
    require(circle.version == existing.version + 1 and circle.previous == existing.key_hash)
    hashes = (*existing.key_hashes, circle.key_hash)
    directory.circles[existing.name] = replace(existing, key_hashes=hashes, renewed_at=place)


def found_again(
    directory: "Directory", signed: SignedStatement, place: int, existing: CircleEntry
) -> None:
    """Begin a dissolved circle anew: the next version, with one member and no link to the last."""
    circle = typed(signed.statement, Circle)
    require(existing.is_dissolved)
    require(circle.version == existing.version + 1 and circle.previous == existing.key_hash)
    founder = use_to_found(directory, signed.signer, existing.name)
    directory.circles[existing.name] = replace(
        existing,
        key_hashes=(*existing.key_hashes, circle.key_hash),
        maker=founder,
        members={**existing.members, founder: (Membership(place),)},
        first_version=circle.version,
        dissolution=None,
    )


def use_to_found(directory: "Directory", signer: str, circle: str) -> str:
    """Use up an invitation to found a circle; return the newcomer, its first member."""
    entry = known(directory.invitations.get(signer))
    existing = directory.circles.get(circle)
    require(entry.invite.action == InviteAction.FOUND and entry.invite.circle == circle)
    require(bool(entry.person) and not entry.has_founded and directory.is_member(entry.inviter))
    require(entry.founds_after == (existing.version if existing else 0))
    directory.invitations[signer] = replace(entry, has_founded=True)
    return entry.person


def remove_member(directory: "Directory", signed: SignedStatement, place: int) -> None:
    """End a membership: a person's, a recovery sheet's, or a circle's in another."""
    remove = typed(signed.statement, Remove)
    circle = directory.circle(remove.circle)
    require(directory.is_inviter(signed.signer, remove.circle))
    require(remove.member not in {signed.signer, directory.rules.first})
    if remove.member in circle.sheets:
        sheet = circle.sheets[remove.member]
        require(sheet.until is None)
        sheets = {**circle.sheets, remove.member: replace(sheet, until=place)}
        directory.circles[remove.circle] = replace(circle, sheets=sheets)
        return
    require(circle.has(remove.member))
    directory.circles[remove.circle] = circle.without((remove.member,), place)


def add_sheet(directory: "Directory", signed: SignedStatement, place: int) -> None:
    """Give a circle a recovery sheet: a member without account."""
    del place
    sheet = typed(signed.statement, Sheet)
    circle = directory.circle(sheet.circle)
    require(not directory.rules.of(sheet.circle).holds_circles and not circle.is_dissolved)
    require(directory.is_inviter(signed.signer, sheet.circle))
    require(sheet.sheet not in directory.persons and sheet.sheet not in directory.invitations)
    require(all(sheet.sheet not in each.sheets for each in directory.circles.values()))
    sheets = {
        **circle.sheets,
        sheet.sheet: SheetEntry(signed.signer, sheet.sealing_hash, circle.version),
    }
    directory.circles[sheet.circle] = replace(circle, sheets=sheets)


def propose_dissolution(directory: "Directory", signed: SignedStatement, place: int) -> None:
    """Keep the first of two signatures under the end of a circle; a later one takes its place."""
    dissolve = typed(signed.statement, Dissolve)
    circle = directory.circle(dissolve.circle)
    require(is_of_secretariat(directory, signed.signer))
    rules = directory.rules
    require(circle.name != rules.first and not rules.of(circle.name).holds_circles)
    require(not circle.is_dissolved)
    require(dissolve.version == circle.version and dissolve.key_hash == circle.key_hash)
    require(dissolve.members == tuple(sorted(circle.present)))
    require(not directory.has_ended(dissolve.ends_at, since=place - 1))
    proposed = Dissolution(dissolve, signed.hash, signed.signer, proposed_at=place)
    directory.dissolutions[circle.name] = proposed


def confirm_dissolution(directory: "Directory", signed: SignedStatement, place: int) -> None:
    """End every membership of a circle and its own in others: two signed, one is a head."""
    dissolved = typed(signed.statement, Dissolved)
    circle = directory.circle(dissolved.circle)
    proposed = known(directory.dissolutions.get(circle.name))
    first, second = proposed.proposer, signed.signer
    require(dissolved.proposal == proposed.hash and first != second)
    require(is_of_secretariat(directory, first) and is_of_secretariat(directory, second))
    require(directory.is_head(first) or directory.is_head(second))
    require(not circle.is_dissolved and circle.version == proposed.dissolve.version)
    require(tuple(sorted(circle.present)) == proposed.dissolve.members)
    require(not directory.has_ended(proposed.dissolve.ends_at, since=proposed.proposed_at))
    ended = circle.without(tuple(circle.present), place)
    whole = replace(proposed, confirmer=second, place=place)
    directory.circles[circle.name] = replace(ended, dissolution=whole)
    del directory.dissolutions[circle.name]
    for outer in directory.circles_with(circle.name):
        if outer.has(circle.name):
            directory.circles[outer.name] = outer.without((circle.name,), place)


def is_of_secretariat(directory: "Directory", person_id: str) -> bool:
    """Tell whether a person belongs to the circle of the genesis now."""
    person = directory.persons.get(person_id)
    first = directory.rules.first
    return person is not None and person.circle == first and directory.is_member(person_id)
