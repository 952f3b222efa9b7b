"""Import of addresses: read the file, show what it would do, then do exactly that or nothing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.audit.service import record
from cooperation.core.errors import Conflict, Invalid, NotFound
from cooperation.core.ids import new_id
from cooperation.core.text import Text, _
from cooperation.register import queries
from cooperation.register.models import AddressImportRow, AddressRow
from cooperation.register.rules import (
    AddressFields,
    PostKind,
    Sheet,
    SheetRow,
    StateParty,
    parse_sheet,
    state_names,
)
from cooperation.register.service.addresses import addresses_by_state, settle_record, write_address
from cooperation.register.service.states import parties_on, states
from cooperation.vault.encoding import canonical_json

_KEPT = timedelta(days=1)


class ImportOutdatedError(Conflict):
    """The register has changed since the preview was made."""

    sentence = _("The register has changed since this preview. Upload the file again.")


class SheetHasErrorsError(Invalid):
    """A file with errors is never stored or applied."""

    sentence = _("Correct the lines named and upload the file again. Nothing was imported.")


class RowEffect(StrEnum):
    """What a row of the file would do."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"

    @property
    def label(self) -> Text:
        """What people read."""
        return _LABELS[self]


_LABELS = {
    RowEffect.NEW: _("New"),
    RowEffect.CHANGED: _("Changes a post"),
    RowEffect.UNCHANGED: _("As it is"),
}


@dataclass(frozen=True)
class PreviewRow:
    """One row of the file with its State and its effect."""

    row: SheetRow
    state: StateParty
    effect: RowEffect


@dataclass(frozen=True)
class ImportPreview:
    """What a stored import will do when it is confirmed.

    Of `parties` States Parties those `without` will have no address.
    """

    id: str
    rows: tuple[PreviewRow, ...]
    parties: int
    without: tuple[StateParty, ...]


def read_sheet(ctx: RequestContext, content: bytes) -> tuple[Sheet, tuple[PreviewRow, ...]]:
    """Return a file's rows with their effects, and its errors; raises `SheetUnreadableError`."""
    require(ctx.actor, Permission.MANAGE_REGISTER)
    known = states(ctx.session)
    sheet = parse_sheet(content, state_names(known.values()))
    return sheet, _with_effects(ctx, sheet.rows, known)


def store_import(ctx: RequestContext, content: bytes) -> str:
    """Keep a file without errors until it is confirmed; return the import's id.

    Raises `SheetUnreadableError` or `SheetHasErrorsError`. Imports of the day before are forgotten.
    """
    sheet, rows = read_sheet(ctx, content)
    if sheet.errors:
        raise SheetHasErrorsError(
            errors=tuple(("file", error.sentence) for error in sheet.errors),
        )
    import_id = new_id()
    preview = canonical_json([_members(each) for each in rows])
    queries.delete_imports_before(ctx.session, ctx.now - _KEPT)
    ctx.session.add(
        AddressImportRow(
            id=import_id,
            person_id=ctx.actor.person_id,
            uploaded_at=ctx.now,
            sealed_preview=ctx.root.wrap(
                preview, table="address_imports", row=import_id, kind="preview"
            ),
        )
    )
    ctx.session.flush()
    return import_id


def preview_import(ctx: RequestContext, import_id: str) -> ImportPreview:
    """Return what an import of this person will do; raises `NotFound`."""
    require(ctx.actor, Permission.MANAGE_REGISTER)
    rows = _stored_rows(ctx, _import_row(ctx, import_id))
    parties = parties_on(ctx.session, ctx.now.date())
    held = queries.address_rows(ctx.session, [party.code for party in parties])
    reached = {row.state_code for row in held} | {each.state.code for each in rows}
    without = tuple(party for party in parties if party.code not in reached)
    return ImportPreview(import_id, rows, len(parties), without)


def import_addresses(ctx: RequestContext, import_id: str) -> int:
    """Apply exactly what the preview showed; return how many posts were added or changed.

    Raises `NotFound`, and `ImportOutdatedError` where the register has changed in between.
    """
    require(ctx.actor, Permission.MANAGE_REGISTER)
    stored = _import_row(ctx, import_id)
    shown = _stored_rows(ctx, stored)
    sheet_rows = [each.row for each in shown]
    if _with_effects(ctx, sheet_rows, states(ctx.session)) != shown:
        raise ImportOutdatedError
    applied = [each.row for each in shown if each.effect is not RowEffect.UNCHANGED]
    _apply(ctx, applied)
    ctx.session.delete(stored)
    record(
        ctx.session,
        actor=ctx.actor,
        action="addresses.imported",
        at=ctx.now,
        states=tuple(row.state_code for row in applied),
        subject=import_id,
    )
    return len(applied)


def _apply(ctx: RequestContext, rows: Sequence[SheetRow]) -> None:
    codes = sorted({row.state_code for row in rows})
    held = {(row.state_code, row.kind): row for row in queries.address_rows(ctx.session, codes)}
    chosen: dict[str, AddressRow] = {}
    for row in rows:
        present = held.get((row.state_code, row.fields.kind))
        written = write_address(ctx, row.state_code, row.fields, present)
        if row.fields.is_of_record:
            chosen[row.state_code] = written
    for code in codes:
        settle_record(ctx.session, code, chosen.get(code))


def _with_effects(
    ctx: RequestContext, rows: Sequence[SheetRow], known: dict[str, StateParty]
) -> tuple[PreviewRow, ...]:
    found: list[PreviewRow] = []
    codes = sorted({row.state_code for row in rows})
    held = {
        (code, post.kind): post
        for code, posts in addresses_by_state(ctx.session, ctx.root, codes).items()
        for post in posts
    }
    for row in rows:
        present = held.get((row.state_code, row.fields.kind))
        found.append(PreviewRow(row, known[row.state_code], _effect(present, row.fields)))
    return tuple(found)


def _effect(present: AddressFields | None, given: AddressFields) -> RowEffect:
    if present is None:
        return RowEffect.NEW
    # An address stays of record until another one is named, so a blank mark changes nothing.
    takes_over = given.is_of_record and not present.is_of_record
    same = (present.place, present.lines, present.email) == (given.place, given.lines, given.email)
    return RowEffect.UNCHANGED if same and not takes_over else RowEffect.CHANGED


def _import_row(ctx: RequestContext, import_id: str) -> AddressImportRow:
    row = queries.import_row(ctx.session, import_id, ctx.actor.person_id)
    if row is None or row.uploaded_at < ctx.now - _KEPT:
        raise NotFound
    return row


def _members(each: PreviewRow) -> dict[str, str | int | bool | list[str]]:
    fields = each.row.fields
    return {
        "line": each.row.line,
        "state": each.row.state_code,
        "kind": fields.kind,
        "place": fields.place,
        "lines": list(fields.lines),
        "email": fields.email,
        "is_of_record": fields.is_of_record,
        "effect": each.effect,
    }


def _stored_rows(ctx: RequestContext, row: AddressImportRow) -> tuple[PreviewRow, ...]:
    content = ctx.root.unwrap(
        row.sealed_preview, table="address_imports", row=row.id, kind="preview"
    )
    known = states(ctx.session)
    return tuple(
        PreviewRow(
            SheetRow(
                each["line"],
                each["state"],
                AddressFields(
                    kind=PostKind(each["kind"]),
                    place=each["place"],
                    lines=tuple(each["lines"]),
                    email=each["email"],
                    is_of_record=each["is_of_record"],
                ),
            ),
            known[each["state"]],
            RowEffect(each["effect"]),
        )
        for each in json.loads(content)
    )
