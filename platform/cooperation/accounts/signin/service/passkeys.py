"""A person's passkeys: only those that her blob vouches for, and the check of what they answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.accounts import queries
from cooperation.accounts.models import PasskeyRow
from cooperation.accounts.people.service.notices import tell_factor_changed
from cooperation.accounts.people.service.wrapped import PASSKEYS, unwrap_text
from cooperation.accounts.rules import (
    FactorChange,
    keeps_recovery_codes,
    passkeys_needed,
)
from cooperation.audit import service as audit
from cooperation.core.db import Session
from cooperation.core.settings import Settings
from cooperation.vault.passkeys import (
    Assertion,
    KnownPasskey,
    PasskeyRefused,
    RelyingParty,
    assertion_options,
    credential_id_of,
    is_count_regressed,
    passkey_hash,
    verify_assertion,
)
from cooperation.vault.root import RootKeys

PLATFORM_NAME = "Cooperation platform"
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Asker(Protocol):
    """What a check needs to know of the request: a `Door` and a `RequestContext` both have it."""

    @property
    def root(self) -> RootKeys: ...  # noqa: D102

    @property
    def settings(self) -> Settings: ...  # noqa: D102

    @property
    def now(self) -> datetime: ...  # noqa: D102


@dataclass(frozen=True)
class OwnPasskey:
    """One of the person's passkeys, as her list shows it."""

    id: str
    label: str
    added_at: datetime
    last_used_at: datetime | None
    is_backed_up: bool


@dataclass(frozen=True)
class Factors:
    """What a person can prove herself with, and what her roles ask for."""

    passkeys: tuple[OwnPasskey, ...]
    needed: int
    keeps_recovery_codes: bool
    recovery_codes: int

    @property
    def missing(self) -> int:
        """How many passkeys are still to be registered."""
        return max(0, self.needed - len(self.passkeys))


def relying_party(settings: Settings) -> RelyingParty:
    """Return host and origin of the platform as a browser names them."""
    parts = urlsplit(settings.base_url)
    host = (parts.hostname or "").lower()
    port = "" if parts.port in {None, _DEFAULT_PORTS[parts.scheme]} else f":{parts.port}"
    return RelyingParty(host, f"{parts.scheme}://{host}{port}", PLATFORM_NAME)


def believed(session: Session, person_id: str, vouched: tuple[bytes, ...]) -> list[PasskeyRow]:
    """Return the rows that the person's blob vouches for, oldest first; others do not exist."""
    return [
        row
        for row in queries.passkeys_of(session, person_id)
        if passkey_hash(row.credential_id, row.public_key) in vouched
    ]


def known(rows: list[PasskeyRow]) -> list[KnownPasskey]:
    """Return the passkeys of rows, as the vault reads them."""
    return [
        KnownPasskey(row.credential_id, row.public_key, tuple(row.transports.split()))
        for row in rows
    ]


def factors_of(ctx: RequestContext) -> Factors:
    """Return the person's own passkeys and how many recovery codes she has left."""
    require(ctx.actor, Permission.USE_ACCOUNT)
    person_id, roles = ctx.actor.person_id, ctx.actor.roles
    rows = believed(ctx.session, person_id, ctx.reader.passkeys)
    return Factors(
        passkeys=tuple(_own(ctx.root, row) for row in rows),
        needed=passkeys_needed(roles),
        keeps_recovery_codes=keeps_recovery_codes(roles),
        recovery_codes=len(queries.recovery_codes_of(ctx.session, person_id)),
    )


def _own(root: RootKeys, row: PasskeyRow) -> OwnPasskey:
    label = unwrap_text(root, row.sealed_label, table=PASSKEYS, row=row.id, kind="label")
    return OwnPasskey(row.id, label, row.added_at, row.last_used_at, row.is_backed_up)


def check_answer(
    session: Session,
    asker: Asker,
    *,
    person_id: str,
    vouched: tuple[bytes, ...],
    credential: str,
    challenge: bytes | None,
) -> Assertion | None:
    """Return what one of the person's passkeys has answered, or None; a refusal is logged.

    The caller commits in both cases. A passkey that counts its signatures and has not counted on is
    refused, and the person is told: there may be a copy of it.
    """
    row = _row_of(session, person_id, vouched, credential)
    assertion = _assertion(asker, row, credential, challenge) if row and challenge else None
    if row is None or assertion is None:
        _log_refusal(session, asker, person_id)
        return None
    if is_count_regressed(last=row.sign_count, shown=assertion.sign_count):
        _log_refusal(session, asker, row.id)
        tell_factor_changed(
            session,
            asker.root,
            asker.settings,
            person_id=person_id,
            change=FactorChange.PASSKEY_REFUSED,
            now=asker.now,
        )
        return None
    row.sign_count = assertion.sign_count
    row.is_backed_up = assertion.is_backed_up
    row.last_used_at = asker.now
    session.flush()
    return assertion


def approval_options(ctx: RequestContext, challenge: bytes) -> str:
    """Return the options with which the person's own passkeys answer this question."""
    rows = known(believed(ctx.session, ctx.actor.person_id, ctx.reader.passkeys))
    return assertion_options(relying_party(ctx.settings), challenge=challenge, known=rows)


def check_approval(ctx: RequestContext, credential: str, challenge: bytes) -> Assertion | None:
    """Return what one of the person's own passkeys has signed, or None; a refusal is logged."""
    return check_answer(
        ctx.session,
        ctx,
        person_id=ctx.actor.person_id,
        vouched=ctx.reader.passkeys,
        credential=credential,
        challenge=challenge,
    )


def _row_of(
    session: Session, person_id: str, vouched: tuple[bytes, ...], credential: str
) -> PasskeyRow | None:
    try:
        wanted = credential_id_of(credential)
    except PasskeyRefused:
        return None
    rows = believed(session, person_id, vouched)
    return next((row for row in rows if row.credential_id == wanted), None)


def _assertion(
    asker: Asker, row: PasskeyRow, credential: str, challenge: bytes
) -> Assertion | None:
    try:
        return verify_assertion(
            credential,
            party=relying_party(asker.settings),
            challenge=challenge,
            known=KnownPasskey(row.credential_id, row.public_key),
        )
    except PasskeyRefused:
        return None


def _log_refusal(session: Session, asker: Asker, subject: str) -> None:
    audit.record(session, actor=None, action="passkey.refused", at=asker.now, subject=subject)
