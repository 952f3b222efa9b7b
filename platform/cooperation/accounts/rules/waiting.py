"""Acts of two persons: what waits, for whom, until when (design: reliability 1.5)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cooperation.access.rules import Actor, Institution, Role, seconds_of
from cooperation.core.text import Text, _

WAITING_LIFE = timedelta(days=7)
KEY_ACT_LIFE = timedelta(hours=24)
NOTE_CHARACTERS = 400
REASON_CHARACTERS = 400


class ActKind(StrEnum):
    """What two persons do together: grant a role, or act on the server's keys."""

    INVITATION = "grant.invitation"
    ROLE = "grant.role"
    ROOT_ROTATION = "root.rotation"
    RESTORE = "restore"
    KEY_DESTRUCTION = "key.destruction"

    @property
    def label(self) -> Text:
        """The act in words."""
        return _KINDS[self]

    @property
    def is_of_keys(self) -> bool:
        """Whether it is an act on the server's keys."""
        return self in KEY_ACTS


KEY_ACTS = (ActKind.ROOT_ROTATION, ActKind.RESTORE, ActKind.KEY_DESTRUCTION)
PROPOSABLE_KEY_ACTS = (ActKind.ROOT_ROTATION, ActKind.KEY_DESTRUCTION)
"""Those that an approval carries. A restore is confirmed afterwards (docs/decisions, 7): what was
approved before is gone with the database. Rows of earlier releases still name it.
"""

_KINDS = {
    ActKind.INVITATION: _("Give a new person a role"),
    ActKind.ROLE: _("Change a person's role"),
    ActKind.ROOT_ROTATION: _("Change the root key"),
    ActKind.RESTORE: _("Restore a backup"),
    ActKind.KEY_DESTRUCTION: _("Destroy an old root key"),
}

KEY_ACT_EFFECTS: dict[ActKind, tuple[Text, ...]] = {
    ActKind.ROOT_ROTATION: (
        _("The administrator makes a new root key and wraps everything stored with it."),
        _("Nobody loses access; nothing is opened. The old key stays until it is destroyed."),
    ),
    ActKind.RESTORE: (
        _("The administrator puts the database back to an earlier backup."),
        _("Everything saved, signed or published after that backup is gone from the platform."),
        _("People see that the log is shorter than the one they last saw."),
    ),
    ActKind.KEY_DESTRUCTION: (
        _("The administrator destroys an old root key for good."),
        _("Backups made under that key cannot be read by anybody any more."),
    ),
}
"""What happens once a head approves, for each act on keys."""


class ActStatus(StrEnum):
    """Where an act stands; `OVER` is what time makes of the others, written down afterwards."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    USED = "used"
    OVER = "over"

    @property
    def label(self) -> Text:
        """The status in words."""
        return _STATUSES[self][0]

    @property
    def tag(self) -> str:
        """The kind of status tag that shows it."""
        return _STATUSES[self][1]


_STATUSES = {
    ActStatus.WAITING: (_("Waiting for a second person"), "progress"),
    ActStatus.APPROVED: (_("Approved"), "done"),
    ActStatus.REFUSED: (_("Refused"), "problem"),
    ActStatus.WITHDRAWN: (_("Withdrawn"), "neutral"),
    ActStatus.USED: (_("Carried out"), "done"),
    ActStatus.OVER: (_("Time is over"), "neutral"),
}


@dataclass(frozen=True)
class WaitingAct:
    """An act with its first half. `who` is the person it is about, where there is one.

    `founds` marks a role that founds the circle anew: nobody of its own can be the second.
    """

    id: str
    kind: ActKind
    status: ActStatus
    institution: Institution
    roles: tuple[Role, ...]
    who: str
    email: str
    note: str
    subject_id: str | None
    subject_hash: bytes
    proposed_by: str
    proposer: str
    proposed_at: datetime
    ends_at: datetime
    decider: str | None
    decided_at: datetime | None
    reason: str
    founds: bool

    @property
    def fingerprint(self) -> str:
        """The beginning of the hash, to be compared by eye."""
        return self.subject_hash.hex()[:16]

    @property
    def is_waiting(self) -> bool:
        """Whether somebody may still decide."""
        return self.status is ActStatus.WAITING

    @property
    def lapses_at(self) -> datetime | None:
        """The end of an approval of an act on keys that nobody has carried out yet."""
        if not self.kind.is_of_keys or self.status is not ActStatus.APPROVED:
            return None
        return self.decided_at + KEY_ACT_LIFE if self.decided_at is not None else None

    @property
    def seconds(self) -> frozenset[Role]:
        """The roles of which one may be the second person."""
        if self.kind.is_of_keys:
            return frozenset({Role.HEAD})
        return seconds_of(self.institution, founds=self.founds)

    @property
    def readers(self) -> frozenset[Role]:
        """The roles that see the act: both halves'."""
        return self.seconds | ({Role.ADMINISTRATOR} if self.kind.is_of_keys else frozenset())

    def is_for(self, actor: Actor) -> bool:
        """Tell whether this person may see it."""
        return bool(actor.roles & self.readers)

    def may_be_decided_by(self, actor: Actor) -> bool:
        """Tell whether this person may be the second."""
        is_other = actor.person_id not in {self.proposed_by, self.subject_id}
        return self.is_waiting and is_other and bool(actor.roles & self.seconds)


def status_at(
    stored: ActStatus,
    *,
    is_key_act: bool,
    ends_at: datetime,
    decided_at: datetime | None,
    now: datetime,
) -> ActStatus:
    """Return where an act stands: waiting ends in a week, an approval of keys in a day."""
    if stored is ActStatus.WAITING and now >= ends_at:
        return ActStatus.OVER
    if stored is ActStatus.APPROVED and is_key_act and decided_at is not None:
        return stored if now < decided_at + KEY_ACT_LIFE else ActStatus.OVER
    return stored
