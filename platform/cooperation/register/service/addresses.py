"""Posts of States: read, save, delete; one of them is the address of record."""

import json
from collections import defaultdict
from collections.abc import Sequence

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.audit.service import record
from cooperation.core.db import Session
from cooperation.core.errors import Conflict, Invalid, NotFound
from cooperation.core.ids import new_id
from cooperation.core.text import ENGLISH, _
from cooperation.register import queries
from cooperation.register.models import AddressRow
from cooperation.register.rules import (
    Address,
    AddressFields,
    PostKind,
    address_errors,
    completed,
)
from cooperation.vault.encoding import canonical_json
from cooperation.vault.root import RootKeys


class AddressChangedError(Conflict):
    """Somebody has saved this address since the person opened it; `current` is that text."""

    sentence = _("A colleague has changed this address since you opened it.")

    def __init__(self, current: Address) -> None:
        super().__init__()
        self.current = current


def addresses(session: Session, root: RootKeys, state_code: str) -> list[Address]:
    """Return a State's posts, that of record first."""
    return [_opened(root, row) for row in queries.address_rows(session, [state_code])]


def addresses_by_state(
    session: Session, root: RootKeys, state_codes: Sequence[str]
) -> dict[str, list[Address]]:
    """Return the posts of several States by State code; those without any are left out."""
    found: dict[str, list[Address]] = defaultdict(list)
    for row in queries.address_rows(session, state_codes):
        found[row.state_code].append(_opened(root, row))
    return found


def address_of_record(session: Session, root: RootKeys, state_code: str) -> Address | None:
    """Return the post that a State's notes and its first invitation go to, if there is one."""
    return next((each for each in addresses(session, root, state_code) if each.is_of_record), None)


def addresses_of_record(session: Session, root: RootKeys) -> dict[str, Address]:
    """Return the posts of record of all States that have one, by State code."""
    return {row.state_code: _opened(root, row) for row in queries.record_rows(session)}


def address(ctx: RequestContext, state_code: str, address_id: str) -> Address:
    """Return one post of one State; raises `NotFound`."""
    require(ctx.actor, Permission.READ_REGISTER)
    return _opened(ctx.root, _row(ctx, state_code, address_id))


def save_address(
    ctx: RequestContext,
    *,
    state_code: str,
    given: AddressFields,
    address_id: str | None = None,
    version: int | None = None,
) -> str:
    """Add a post, or replace that of `address_id` which was read at `version`; return its id.

    Raises `Invalid` with the fields concerned, `AddressChangedError`, `NotFound`.
    """
    require(ctx.actor, Permission.MANAGE_REGISTER)
    if queries.state_by_code(ctx.session, state_code) is None:
        raise NotFound
    row = None if address_id is None else _row(ctx, state_code, address_id)
    if row is not None and row.version != version:
        raise AddressChangedError(_opened(ctx.root, row))
    fields = completed(given)
    _check(ctx, state_code, fields, address_id)
    saved = write_address(ctx, state_code, fields, row)
    settle_record(ctx.session, state_code, saved if fields.is_of_record else None)
    record(
        ctx.session,
        actor=ctx.actor,
        action="address.saved",
        at=ctx.now,
        states=(state_code,),
        subject=saved.id,
        version=saved.version,
    )
    return saved.id


def delete_address(ctx: RequestContext, *, state_code: str, address_id: str) -> None:
    """Delete a post; where it was that of record, the next one takes its place."""
    require(ctx.actor, Permission.MANAGE_REGISTER)
    row = _row(ctx, state_code, address_id)
    ctx.session.delete(row)
    ctx.session.flush()
    settle_record(ctx.session, state_code, None)
    record(
        ctx.session,
        actor=ctx.actor,
        action="address.deleted",
        at=ctx.now,
        states=(state_code,),
        subject=address_id,
    )


def write_address(
    ctx: RequestContext, state_code: str, fields: AddressFields, row: AddressRow | None
) -> AddressRow:
    """Write completed and checked fields into `row` or a new one, not yet of record if new."""
    if row is None:
        row = AddressRow(id=new_id(), state_code=state_code, is_of_record=False)
        ctx.session.add(row)
    lines = canonical_json(list(fields.lines))
    row.kind = fields.kind
    row.place = fields.place
    row.sealed_lines = ctx.root.wrap(lines, table="addresses", row=row.id, kind="lines")
    row.sealed_email = ctx.root.wrap(
        fields.email.encode(), table="addresses", row=row.id, kind="email"
    )
    row.language = fields.language or row.language or ENGLISH
    row.saved_at = ctx.now
    ctx.session.flush()
    return row


def settle_record(session: Session, state_code: str, chosen: AddressRow | None) -> None:
    """Make `chosen` the address of record; without a choice the present or the first one is."""
    rows = queries.address_rows(session, [state_code])
    if chosen is None:
        if not rows or rows[0].is_of_record:
            return
        chosen = min(rows, key=lambda row: list(PostKind).index(PostKind(row.kind)))
    for row in rows:
        if row.is_of_record and row is not chosen:
            row.is_of_record = False
    session.flush()
    chosen.is_of_record = True
    session.flush()


def _check(
    ctx: RequestContext, state_code: str, fields: AddressFields, address_id: str | None
) -> None:
    errors = list(address_errors(fields))
    rows: Sequence[AddressRow] = queries.address_rows(ctx.session, [state_code])
    if any(row.kind == fields.kind and row.id != address_id for row in rows):
        errors.append(("kind", _("There is already a post of this kind. Change that one.")))
    if errors:
        raise Invalid(errors=tuple(errors))


def _row(ctx: RequestContext, state_code: str, address_id: str) -> AddressRow:
    row = ctx.session.get(AddressRow, address_id)
    if row is None or row.state_code != state_code:
        raise NotFound
    return row


def _opened(root: RootKeys, row: AddressRow) -> Address:
    lines = root.unwrap(row.sealed_lines, table="addresses", row=row.id, kind="lines")
    email = root.unwrap(row.sealed_email, table="addresses", row=row.id, kind="email")
    return Address(
        id=row.id,
        state_code=row.state_code,
        kind=PostKind(row.kind),
        place=row.place,
        lines=tuple(json.loads(lines)),
        email=email.decode(),
        is_of_record=row.is_of_record,
        language=row.language,
        version=row.version,
    )
