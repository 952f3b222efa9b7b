"""Doing again what was taken away after a backup, and telling what cannot be brought back."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cooperation.accounts import service as accounts
from cooperation.audit import service as audit
from cooperation.audit.rules import RESTORED
from cooperation.circles import service as circles
from cooperation.core.db import Session
from cooperation.core.ids import new_id
from cooperation.outbox import service as outbox
from cooperation.publication import service as publication
from cooperation.responses import service as responses
from cooperation.safekeeping.models import RestoreLossRow, RestoreRow
from cooperation.safekeeping.rules.manifest import Manifest
from cooperation.safekeeping.rules.tail import PastAct, Tail
from cooperation.safekeeping.service.evidence import Known
from cooperation.two_persons import service as two_persons
from cooperation.two_persons.rules import ActStatus
from cooperation.vault.root import RootKeys

OPERATOR_CHARACTERS = 120


@dataclass(frozen=True)
class Announced:
    """A restore that the log tells, and how many heads the Secretariat has now."""

    restore_id: str
    heads: int


_Again = Callable[[Session, PastAct, datetime], bool]


def announce(
    session: Session,
    root: RootKeys,
    manifest: Manifest,
    known: Known,
    *,
    operator: str,
    now: datetime,
    with_unsigned: bool,
) -> Announced:
    """Say in the log that the instance was put back, and do again what the tail says.

    From this entry on the log has a name of its own (audit: `current_origin`).
    """
    restore_id = new_id()
    _record(session, restore_id, known, now)
    accounts.forget_sign_ins(session, now=now)
    flagged = outbox.flag_unsent(session)
    tail = Tail([*known.tail.acts, *(known.unsigned.acts if with_unsigned else ())])
    again = _do_again(session, tail, now)
    heads, released = accounts.release_last_heads(session)
    summary = {
        "lost": dict(tail.counts),
        "again": dict(again),
        "unsigned": 0 if with_unsigned else len(known.unsigned.acts),
        "mails": flagged,
        "released": released,
    }
    row = RestoreRow(
        id=restore_id,
        taken_at=manifest.taken,
        restored_at=now,
        log_size=manifest.log_size,
        known_size=known.head.size,
        has_journal=known.is_of_journal,
        sealed_operator=root.wrap(
            operator.encode(), table="restores", row=restore_id, kind="operator"
        ),
        summary=json.dumps(summary, sort_keys=True),
    )
    session.add(row)
    session.flush()
    _note_losses(session, restore_id, tail)
    return Announced(restore_id, heads)


def _record(session: Session, restore_id: str, known: Known, now: datetime) -> None:
    """Write the entry; more than one where a backup is restored that is older than a restore.

    Their number makes the log's name, and a name that was signed under must not come again.
    """
    restored = len(audit.entries_for(session, action=RESTORED))
    for _once in range(max(1, known.generation - restored)):
        audit.record(
            session,
            actor=None,
            action=RESTORED,
            at=now,
            version=known.head.size,
            commitment=known.head.root,
            subject=restore_id,
        )


def _note_losses(session: Session, restore_id: str, tail: Tail) -> None:
    session.add_all(
        RestoreLossRow(
            restore_id=restore_id,
            seq=act.seq,
            edition_id=act.edition,
            state_code=act.states[0],
            submission_id=act.submission or "",
            submitted_at=act.at,
        )
        for act in tail.lost_submissions
        if act.states
    )
    session.flush()


def _do_again(session: Session, tail: Tail, now: datetime) -> Counter[str]:
    """Do each act again that takes something away; return how many found what they take."""
    done: Counter[str] = Counter()
    for act in tail.acts:
        again = _AGAIN.get(act.action)
        if again is not None and again(session, act, now):
            done[act.action] += 1
    return done


def _disable(session: Session, act: PastAct, now: datetime) -> bool:
    return accounts.disable_again(session, act.subject or "", at=act.at, now=now)


def _hold_role(session: Session, act: PastAct, now: datetime) -> bool:
    del now
    return accounts.hold_roles(session, act.subject or "")


def _narrow(session: Session, act: PastAct, now: datetime) -> bool:
    del now
    found = False
    for state in act.states:
        for question in act.questions:
            place = (act.edition, state, question)
            withheld = responses.withhold(session, *place, at=act.at)
            unpublished = publication.unpublish_again(session, *place, narrowed_at=act.at)
            found = found or bool(withheld) or unpublished
    return found


def _retract(session: Session, act: PastAct, now: datetime) -> bool:
    del now
    done = [
        publication.retract_again(
            session,
            act.edition,
            state,
            question,
            retraction_id=act.subject,
            retracted_at=act.at,
        )
        for state in act.states
        for question in act.questions
    ]
    return any(done)


def _void_invitation(session: Session, act: PastAct, now: datetime) -> bool:
    return accounts.void_again(session, act.subject or "", now=now)


def _destroy_bundle(session: Session, act: PastAct, now: datetime) -> bool:
    if not circles.destroy_again(session, act.subject or "", at=act.at):
        return False
    audit.record(
        session,
        actor=None,
        action="bundle.destroyed",
        at=now,
        edition=act.edition or None,
        states=act.states,
        subject=act.subject,
    )
    return True


def _end_sheet(session: Session, act: PastAct, now: datetime) -> bool:
    del now
    return circles.end_sheet_again(session, act.subject or "", at=act.at)


def _spend_codes(session: Session, act: PastAct, now: datetime) -> bool:
    del now
    return accounts.spend_recovery_codes(session, act.subject or "")


def _forget_passkey(session: Session, act: PastAct, now: datetime) -> bool:
    del now
    return accounts.forget_passkey(session, act.subject or "")


def _end_act(session: Session, act: PastAct, now: datetime) -> bool:
    del now
    named = None if act.commitment else act.subject
    ended = ActStatus.WITHDRAWN
    return two_persons.end(session, act.at, act_id=named, shown_hash=act.commitment, status=ended)


_AGAIN: Mapping[str, _Again] = {
    "person.disabled": _disable,
    "person.removed": _disable,
    "role.granted": _hold_role,
    "grant.confirmed": _hold_role,
    "invitation.voided": _void_invitation,
    "answer.narrowed": _narrow,
    "answer.retracted": _retract,
    "publication.voided": _end_act,
    "bundle.destroyed": _destroy_bundle,
    "recovery_sheet.used": _end_sheet,
    "recovery_sheet.voided": _end_sheet,
    "recovery_code.used": _spend_codes,
    "passkey.removed": _forget_passkey,
    "edition.closing_withdrawn": _end_act,
    "retraction.voided": _end_act,
    "figure.voided": _end_act,
    "act.used": _end_act,
    "act.refused": _end_act,
    "act.withdrawn": _end_act,
}
