"""Known devices: browsers in which a person once completed a sign-in (issue 3, hardening).

The cookie holds 32 random bytes, the table their HMAC under the root key, so that a row makes no
cookie. A known device proves nothing: it gives its own allowance of tries, so that a stranger who
locks a name from elsewhere does not lock the person out, and it tells a new browser from an old.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.accounts.models import DeviceRow, PersonRow
from cooperation.accounts.people.service.wrapped import email_lookups
from cooperation.accounts.rules import DEVICE_LIFE, MOST_DEVICES, PersonStatus, Scope
from cooperation.accounts.signin.service.door import Door, cookie_secret, cookie_text
from cooperation.audit import service as audit
from cooperation.core.db import Session
from cooperation.core.errors import NotFound
from cooperation.core.ids import new_id
from cooperation.vault.root import RootKeys
from cooperation.vault.sessions import new_secret


@dataclass(frozen=True)
class KnownDevice:
    """One of the person's known browsers, as her list shows it."""

    id: str
    browser: str
    known_at: datetime
    seen_at: datetime
    is_this: bool


def device_of_request(cookie: str | None) -> str:
    """Return the device that a request's cookie names, or a new one where it names none."""
    if cookie and cookie_secret(cookie) is not None:
        return cookie
    return cookie_text(new_secret())


def is_known_device(session: Session, door: Door, person_id: str) -> bool:
    """Tell whether this person completed a sign-in in this browser within half a year."""
    return _find(session, door, DeviceRow.person_id == person_id) is not None


def remember_device(session: Session, door: Door, person_id: str, browser: str) -> None:
    """Note a complete sign-in in this browser; the view sets the cookie with `keep_device`.

    Of more than ten devices those used longest ago are forgotten. Without a browser, as builders
    sign in, nothing happens.
    """
    if not door.device:
        return
    session.execute(sa.delete(DeviceRow).where(DeviceRow.ends_at <= door.now))
    row = _find(session, door, DeviceRow.person_id == person_id)
    if row is None:
        row = DeviceRow(
            id=new_id(),
            person_id=person_id,
            known_at=door.now,
        )
        session.add(row)
    row.secret_lookup = _lookups(door.root, door.device)[0]
    row.browser, row.seen_at, row.ends_at = browser, door.now, door.now + DEVICE_LIFE
    session.flush()
    for old in _devices_of(session, person_id)[MOST_DEVICES:]:
        session.delete(old)
    session.flush()


def allowance_by_email(door: Door, email: str) -> dict[Scope, str] | None:
    """Return what tries with this address are counted by if the device is known to it, or None."""
    with door.database.reading() as session:
        is_hers = sa.and_(
            PersonRow.email_lookup.in_(email_lookups(door.root, email)),
            PersonRow.status == PersonStatus.ACTIVE,
        )
        return _allowance(_find(session, door, is_hers))


def allowance_of_person(door: Door, person_id: str) -> dict[Scope, str] | None:
    """Return what a person's tries are counted by if the device is known to her, or None."""
    with door.database.reading() as session:
        return _allowance(_find(session, door, DeviceRow.person_id == person_id))


def known_devices(ctx: RequestContext, device: str) -> list[KnownDevice]:
    """Return the person's known browsers, last used first; `device` is the present one."""
    require(ctx.actor, Permission.USE_ACCOUNT)
    this = _lookups(ctx.root, device)
    return [
        KnownDevice(
            id=row.id,
            browser=row.browser,
            known_at=row.known_at,
            seen_at=row.seen_at,
            is_this=row.secret_lookup in this,
        )
        for row in _devices_of(ctx.session, ctx.actor.person_id)
        if row.ends_at > ctx.now
    ]


def forget_device(ctx: RequestContext, device_id: str) -> None:
    """Forget one of the person's own devices; raises `NotFound` for anybody else's."""
    require(ctx.actor, Permission.USE_ACCOUNT)
    row = ctx.session.get(DeviceRow, device_id, with_for_update=True)
    if row is None or row.person_id != ctx.actor.person_id:
        raise NotFound
    ctx.session.delete(row)
    audit.record(
        ctx.session, actor=ctx.actor, action="device.forgotten", at=ctx.now, subject=device_id
    )


def forget_devices(session: Session, person_id: str) -> None:
    """Forget all devices of a person: when she signs out everywhere, or is disabled."""
    session.execute(sa.delete(DeviceRow).where(DeviceRow.person_id == person_id))


def _find(session: Session, door: Door, whose: sa.ColumnElement[bool]) -> DeviceRow | None:
    if not door.device:
        return None
    return session.scalar(
        sa.select(DeviceRow)
        .join(PersonRow, PersonRow.id == DeviceRow.person_id)
        .where(
            DeviceRow.secret_lookup.in_(_lookups(door.root, door.device)),
            DeviceRow.ends_at > door.now,
            whose,
        )
    )


def _allowance(row: DeviceRow | None) -> dict[Scope, str] | None:
    return None if row is None else {Scope.DEVICE: row.id}


def _devices_of(session: Session, person_id: str) -> list[DeviceRow]:
    newest = (DeviceRow.seen_at.desc(), DeviceRow.known_at.desc(), DeviceRow.id)
    found = sa.select(DeviceRow).where(DeviceRow.person_id == person_id).order_by(*newest)
    return list(session.scalars(found))


def _lookups(root: RootKeys, device: str) -> tuple[bytes, ...]:
    """Return the bytes under which a device may stand; at a sign-in it gets the first."""
    return root.lookups("device/1", device)
