"""Recovery sheets: a circle's member without account, its seed printed once (vault.md, Sign-in).

A sheet gets every new key as the people do. After the circle was founded again a member of today
uses it once: what it holds becomes the link that was missing. Until then it opens nothing for
anybody, and whoever finds it needs the database and the root key too.
"""

from cooperation.access.context import RequestContext
from cooperation.audit import service as audit
from cooperation.circles import queries
from cooperation.circles.models import RecoverySheetRow
from cooperation.circles.rules import RecoverySheet, SheetFacts
from cooperation.circles.service.circle_keys import (
    Recipient,
    admit_member,
    held_key,
    link_place,
    membership_place,
    open_circle,
    public_circle,
    version_hash,
)
from cooperation.circles.service.members import states_of
from cooperation.circles.service.verified import (
    LogNote,
    append_statement,
    check_anchor,
    directory_of,
    take_turn,
)
from cooperation.core.db import Session, note_destruction
from cooperation.core.errors import Conflict, NotFound
from cooperation.core.failpoints import reach
from cooperation.core.ids import new_id
from cooperation.core.text import _
from cooperation.vault.entries import CircleEntry
from cooperation.vault.errors import CannotOpen, CodeRefused, DirectoryChanged
from cooperation.vault.grants import open_membership, require_key, seal_link
from cooperation.vault.keys import PrivateKey, key_hash
from cooperation.vault.recovery_sheet import new_sheet_code, sheet_key
from cooperation.vault.statements import Sheet, moment

SHEET_KEY_VERSION = 1


class SheetExistsError(Conflict):
    """The circle has a recovery sheet already."""

    sentence = _("There is a recovery sheet already. Void it before you make another.")


class SheetNotNeededError(Conflict):
    """Nothing is missing that the sheet could open."""

    sentence = _("Your keys open everything already. Keep the sheet; it was not used.")


class SheetTooOldError(Conflict):
    """What followed the sheet's time is lost too, so nothing leads to what it opens."""

    sentence = _("Keys that came after this sheet are lost. It opens nothing now; keep it.")


def make_recovery_sheet(ctx: RequestContext) -> RecoverySheet:
    """Make the sheet of the actor's circle; its letters are returned once and stored nowhere.

    Raises `SheetExistsError`, `StatementRefused` for who may not invite, `CannotOpen`.
    """
    check_anchor(ctx.session, ctx.reader.anchor)
    take_turn(ctx.session)
    circle = public_circle(ctx.session, _own_circle(ctx).name)
    if directory_of(ctx.session).circle(circle.name).live_sheets:
        raise SheetExistsError
    key = held_key(ctx.session, ctx.reader, circle)
    sheet_id, code = new_id(), new_sheet_code()
    made = sheet_key(code, instance=ctx.reader.instance, circle=circle.name, sheet=sheet_id)
    public_key = made.public_bytes()
    note = LogNote(
        ctx.actor, "recovery_sheet.made", ctx.now, sheet_id, states_of(None, circle.name)
    )
    statement = Sheet(sheet_id, circle.name, key_hash(public_key), moment(ctx.now))
    append_statement(ctx.session, statement, ctx.reader.as_signer(), note)
    ctx.session.add(
        RecoverySheetRow(
            id=sheet_id,
            circle=circle.name,
            sealing_key=public_key,
            made_by=ctx.reader.person_id,
            made_at=ctx.now,
        )
    )
    admit_member(ctx.session, circle, key, Recipient(sheet_id, SHEET_KEY_VERSION, public_key))
    return RecoverySheet(sheet_id, code, ctx.now)


def recovery_sheets(ctx: RequestContext) -> list[SheetFacts]:
    """Return the sheets of the actor's circle, oldest first, voided ones left out."""
    entry = _own_circle(ctx)
    needed = {row.id for row in usable_sheets(ctx.session, entry, is_ending=False)}
    return [
        SheetFacts(
            id=row.id,
            made_by=row.made_by,
            made_at=row.made_at,
            used_at=row.used_at,
            is_live=row.id in entry.live_sheets,
            is_needed=row.id in needed,
        )
        for row in queries.sheets_of(ctx.session, entry.name)
        if row.id in entry.sheets and entry.sheets[row.id].until is None
    ]


def use_recovery_sheet(ctx: RequestContext, code: str) -> int:
    """Fill the missing link with what a sheet holds; return how many versions open again.

    Raises `CodeRefused` for letters that are not a sheet of the actor's circle,
    `SheetNotNeededError`, `SheetTooOldError`, `CannotOpen`.
    """
    check_anchor(ctx.session, ctx.reader.anchor)
    take_turn(ctx.session)
    entry = _own_circle(ctx)
    sheet, key = _found_sheet(ctx, entry, code)
    version = _fill_link(ctx, entry, sheet, key)
    reach("recovery.linked")
    queries.delete_memberships(ctx.session, entry.name, members=(sheet.id,))
    sheet.used_by, sheet.used_at = ctx.reader.person_id, ctx.now
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action="recovery_sheet.used",
        at=ctx.now,
        states=states_of(None, entry.name),
        subject=sheet.id,
    )
    ctx.session.flush()
    note_destruction(ctx.session)
    return version + 1 - oldest_linked(ctx.session, entry.name, version)


def usable_sheets(
    session: Session, entry: CircleEntry, *, is_ending: bool
) -> list[RecoverySheetRow]:
    """Return the unused sheets from before the circle was founded again, or before it ends now."""
    return [
        row
        for row in queries.sheets_of(session, entry.name)
        if row.used_at is None
        and row.id in entry.sheets
        and entry.sheets[row.id].until is None
        and (is_ending or row.id not in entry.live_sheets)
    ]


def sheet_recipients(session: Session, circle: str) -> list[Recipient]:
    """Return the recovery sheets that get a circle's next key; raises `DirectoryChanged`."""
    entry = directory_of(session).circle(circle)
    rows = {row.id: row for row in queries.sheets_of(session, circle)}
    found: list[Recipient] = []
    for sheet_id in entry.live_sheets:
        row = rows.get(sheet_id)
        if row is None or key_hash(row.sealing_key) != entry.sheets[sheet_id].sealing_hash:
            raise DirectoryChanged
        found.append(Recipient(sheet_id, SHEET_KEY_VERSION, row.sealing_key))
    return found


def oldest_linked(session: Session, circle: str, version: int) -> int:
    """Return the oldest version that this one opens, through the links that are there."""
    links = queries.links(session, circle, 1, version)
    while links.get(version) is not None:
        version -= 1
    return version


def _own_circle(ctx: RequestContext) -> CircleEntry:
    directory = directory_of(ctx.session)
    person = directory.persons.get(ctx.reader.person_id)
    if person is None or not person.circle or not directory.is_member(person.id):
        raise NotFound
    return directory.circle(person.circle)


def _found_sheet(
    ctx: RequestContext, entry: CircleEntry, code: str
) -> tuple[RecoverySheetRow, PrivateKey]:
    """Return the sheet with these letters, found by the key that the directory names."""
    rows = usable_sheets(ctx.session, entry, is_ending=True)
    for row in rows:
        key = sheet_key(code, instance=ctx.reader.instance, circle=entry.name, sheet=row.id)
        if key_hash(key.public_bytes()) == entry.sheets[row.id].sealing_hash:
            if row.id in entry.live_sheets:
                raise SheetNotNeededError
            return row, key
    raise CodeRefused(_("These letters are not an unused recovery sheet of yours."))


def _fill_link(
    ctx: RequestContext, entry: CircleEntry, sheet: RecoverySheetRow, key: PrivateKey
) -> int:
    """Seal the version that the sheet holds to the one after it; return its number."""
    directory = directory_of(ctx.session)
    held = queries.newest_membership(ctx.session, entry.name, sheet.id)
    if held is None:
        raise CannotOpen
    version = held.circle_version
    former = open_membership(held.sealed_key, key, membership_place(directory, held))
    require_key(former, version_hash(directory, entry.name, version))
    if _opens(ctx, entry.name, version):
        raise SheetNotNeededError
    if not _opens(ctx, entry.name, version + 1):
        raise SheetTooOldError
    row = queries.circle_version(ctx.session, entry.name, version + 1)
    after = version_hash(directory, entry.name, version + 1)
    if row is None or key_hash(row.public_key) != after:
        raise DirectoryChanged
    place = link_place(directory, entry.name, version + 1)
    row.sealed_previous = seal_link(former, row.public_key, place)
    ctx.session.flush()
    return version


def _opens(ctx: RequestContext, circle: str, version: int) -> bool:
    try:
        open_circle(ctx.session, ctx.reader, circle, version)
    except CannotOpen:
        return False
    return True
