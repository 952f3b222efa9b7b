"""Acts on the server's keys: an administrator proposes, a head approves, the command uses it once.

act_id = propose_key_act(ctx, kind=..., subject_hash=..., note="...")
approve_act(ctx, act_id, shown_hash=...)                     a head, in `waiting`
act = approved_key_act(session, kind=..., subject_hash=..., now=...)
consume_key_act(session, act.id, now=...)                    in the transaction that begins it
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import Permission
from cooperation.access.rules import Institution
from cooperation.accounts.joining.service.waiting import log_act, store_act
from cooperation.accounts.models import WaitingActRow
from cooperation.accounts.rules import (
    KEY_ACT_LIFE,
    NOTE_CHARACTERS,
    PROPOSABLE_KEY_ACTS,
    ActKind,
    ActStatus,
    WaitingAct,
)
from cooperation.audit import service as audit
from cooperation.core.db import Session
from cooperation.core.errors import Conflict, Invalid
from cooperation.core.text import _
from cooperation.vault.encoding import length_prefixed
from cooperation.vault.root import RootKeys


class KeyActMissingError(Conflict):
    """No head has approved this act on keys in the last day, or it was carried out."""

    sentence = _("No approval of this act is open. The administrator proposes it, a head approves.")


@dataclass(frozen=True)
class KeyAct:
    """An act on keys that a head approved and nobody has carried out yet."""

    id: str
    kind: ActKind
    subject_hash: bytes
    proposed_by: str
    approved_by: str
    approved_at: datetime
    ends_at: datetime


def key_act_hash(
    root: RootKeys, kind: ActKind, detail: str = "", *, version: int | None = None
) -> bytes:
    """Return what binds an act on keys: which instance, from which root version, on what.

    `detail` is empty for a rotation, else what the act is about: a backup's fingerprint, the
    version of the key to be destroyed. Both halves and the command compute it anew; `version` is
    given where the keyring is a step ahead of the instance.
    """
    since = root.current if version is None else version
    what = "" if kind is ActKind.ROOT_ROTATION else detail.strip()
    fields = ("cp/key-act/1", kind.value, root.instance, since, what)
    return sha256(length_prefixed(*fields)).digest()


def propose_key_act(ctx: RequestContext, *, kind: ActKind, subject_hash: bytes, note: str) -> str:
    """Propose an act on keys to the heads; return its id.

    Raises `Invalid` (fields "kind", "note"), `Conflict` where the same act waits already.
    """
    require(ctx.actor, Permission.PROPOSE_KEY_ACT)
    require_step_up(ctx.actor, Permission.PROPOSE_KEY_ACT, ctx.now)
    if kind not in PROPOSABLE_KEY_ACTS:
        raise Invalid(errors=(("kind", _("Choose one of the acts.")),))
    text = note.strip()
    if not text or len(text) > NOTE_CHARACTERS:
        raise Invalid(errors=(("note", _("Say why, in at most 400 characters.")),))
    audit.wait_for_turn(ctx.session)
    if _is_waiting(ctx, kind, subject_hash):
        raise Conflict(_("The same act waits for a head already."))
    act_id = store_act(
        ctx,
        kind=kind,
        institution=Institution.NONE,
        subject_id=None,
        subject_hash=subject_hash,
        note=text,
    )
    log_act(ctx, "act.proposed", ctx.session.get_one(WaitingActRow, act_id))
    return act_id


def approved_key_act(
    session: Session, *, kind: ActKind, subject_hash: bytes, now: datetime
) -> KeyAct | None:
    """Return the approval of exactly this act, if one is open: for 24 hours, for one use."""
    row = session.scalar(
        sa.select(WaitingActRow)
        .where(
            WaitingActRow.kind == kind,
            WaitingActRow.subject_hash == subject_hash,
            WaitingActRow.status == ActStatus.APPROVED,
            WaitingActRow.decided_at > now - KEY_ACT_LIFE,
        )
        .order_by(WaitingActRow.decided_at.desc())
        .limit(1)
    )
    if row is None or row.decided_by is None or row.decided_at is None:
        return None
    if row.decided_by == row.proposed_by:
        return None
    return KeyAct(
        id=row.id,
        kind=ActKind(row.kind),
        subject_hash=row.subject_hash,
        proposed_by=row.proposed_by,
        approved_by=row.decided_by,
        approved_at=row.decided_at,
        ends_at=row.decided_at + KEY_ACT_LIFE,
    )


def consume_key_act(session: Session, act_id: str, *, now: datetime) -> None:
    """Use an approval up and log that the act is carried out; raises `KeyActMissingError`."""
    row = session.get(WaitingActRow, act_id, with_for_update=True)
    is_open = row is not None and row.status == ActStatus.APPROVED
    if row is None or not is_open or row.decided_at is None:
        raise KeyActMissingError
    if now >= row.decided_at + KEY_ACT_LIFE or not ActKind(row.kind).is_of_keys:
        raise KeyActMissingError
    row.status, row.used_at = ActStatus.USED, now
    session.flush()
    audit.record(
        session, actor=None, action="act.used", at=now, commitment=row.subject_hash, subject=row.id
    )


def command_of(root: RootKeys, act: WaitingAct) -> str | None:
    """Return the command that carries out an approved act on keys; None where there is no one."""
    if act.kind is ActKind.ROOT_ROTATION:
        return "flask --app app rotate-root"
    if act.kind is ActKind.KEY_DESTRUCTION:
        for version in range(1, root.current + 1):
            if key_act_hash(root, act.kind, str(version)) == act.subject_hash:
                return f"flask --app app retire-root {version}"
    return None


def _is_waiting(ctx: RequestContext, kind: ActKind, subject_hash: bytes) -> bool:
    found = sa.exists().where(
        WaitingActRow.kind == kind,
        WaitingActRow.subject_hash == subject_hash,
        WaitingActRow.status == ActStatus.WAITING,
        WaitingActRow.ends_at > ctx.now,
    )
    return bool(ctx.session.scalar(sa.select(found)))
