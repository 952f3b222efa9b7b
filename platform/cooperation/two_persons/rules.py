"""Where an act of two persons stands, until when it waits, who may do which half."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cooperation.access.rules import Actor, Institution, Role
from cooperation.core.errors import Conflict, NotAllowed
from cooperation.core.text import Text, _

WAITING_LIFE = timedelta(days=7)
TEXT_CHARACTERS = 400
"""The most that a note or the reason of a refusal may say."""


class ActStatus(StrEnum):
    """Where an act stands; `OVER` is what time makes of it, `VOID` a change of what it is about."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    USED = "used"
    VOID = "void"
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
    ActStatus.VOID: (_("Void: something has changed"), "problem"),
    ActStatus.OVER: (_("Time is over"), "neutral"),
}


class ActClosedError(Conflict):
    """The act was decided, withdrawn or replaced, or its time is over."""

    sentence = _("This act does not wait any more. Nothing was changed.")


class ActChangedError(Conflict):
    """What waits is not what the second person was shown, or has changed since."""

    sentence = _("What was proposed has changed since you read it. Nothing was approved.")


class ProposedAlreadyError(Conflict):
    """The same act waits."""

    sentence = _("A colleague has proposed this already. It waits for a second person.")


class ApprovalMissingError(Conflict):
    """Nobody has approved this in the last day, or it was carried out."""

    sentence = _("No approval of this act is open. The administrator proposes it, a head approves.")


class SamePersonError(NotAllowed):
    """Who proposed may not approve or refuse."""

    sentence = _("You proposed this yourself: another person approves or refuses it.")


class AboutHerselfError(NotAllowed):
    """Whom it is about may not be its second person."""

    sentence = _("This is about you: another person approves or refuses it.")


class NotYoursError(NotAllowed):
    """Only who proposed may withdraw."""

    sentence = _("Only the person who proposed this can withdraw it.")


@dataclass(frozen=True)
class Act:
    """An act with its first half, as it stands now.

    `subject` is what it is about: an id of a person, an invitation, an edition, or its own.
    `institution` and `roles` say whose role it grants, where it grants one.
    """

    id: str
    kind: str
    status: ActStatus
    subject: str
    shown_hash: bytes
    institution: Institution
    roles: tuple[Role, ...]
    note: str
    proposed_by: str
    proposed_at: datetime
    ends_at: datetime | None
    decided_by: str | None
    decided_at: datetime | None
    reason: str

    @property
    def fingerprint(self) -> str:
        """The beginning of the hash, to be compared by eye."""
        return self.shown_hash.hex()[:16]

    @property
    def is_waiting(self) -> bool:
        """Whether somebody may still decide."""
        return self.status is ActStatus.WAITING

    @property
    def lapses_at(self) -> datetime | None:
        """The end of an approval that nobody has carried out yet, where it is one to carry out."""
        return self.ends_at if self.status is ActStatus.APPROVED else None

    def is_about(self, actor: Actor) -> bool:
        """Tell whether it is about this person."""
        return self.subject == actor.person_id

    def may_be_decided_by(self, actor: Actor, seconds: Collection[Role]) -> bool:
        """Tell whether this person may be the second."""
        is_other = actor.person_id != self.proposed_by and not self.is_about(actor)
        return self.is_waiting and is_other and not actor.roles.isdisjoint(seconds)


def status_at(stored: ActStatus, ends_at: datetime | None, now: datetime) -> ActStatus:
    """Return where an act stands: waiting has an end, and an approval to be carried out too."""
    is_open = stored in {ActStatus.WAITING, ActStatus.APPROVED}
    return ActStatus.OVER if is_open and ends_at is not None and now >= ends_at else stored


def refuse_to_decide(act: Act, actor: Actor, seconds: Collection[Role]) -> None:
    """Raise what keeps this person from deciding now."""
    if act.status is ActStatus.VOID:
        raise ActChangedError
    if not act.is_waiting:
        raise ActClosedError
    if act.proposed_by == actor.person_id:
        raise SamePersonError
    if act.is_about(actor):
        raise AboutHerselfError
    if not act.may_be_decided_by(actor, seconds):
        raise NotAllowed
