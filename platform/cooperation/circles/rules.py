"""What other slices know of circles and bundles: names, facts, refusals (vault.md, Words)."""

from dataclasses import dataclass
from datetime import datetime

from cooperation.access.rules import ASSEMBLY as ASSEMBLY
from cooperation.access.rules import state_circle as state_circle
from cooperation.access.rules import state_of_circle as state_of_circle
from cooperation.circles.kinds import CO_FACILITATORS as CO_FACILITATORS
from cooperation.circles.kinds import COURT as COURT
from cooperation.circles.kinds import SECRETARIAT as SECRETARIAT
from cooperation.circles.kinds import BundleKind as BundleKind
from cooperation.circles.kinds import parties_of as parties_of
from cooperation.core.errors import Broken, Conflict
from cooperation.core.text import _


@dataclass(frozen=True)
class BundleRow:
    """What is known of a bundle without opening it; `state` is `None` for a published edition.

    `parties` are the circles that it is for, sorted; `edition` may be empty.
    """

    id: str
    kind: BundleKind
    edition: str
    state: str | None
    parties: tuple[str, ...]


@dataclass(frozen=True)
class CircleVersion:
    """The version of a circle that is sealed to now, for the signed manifest."""

    name: str
    version: int
    key_hash: bytes


@dataclass(frozen=True)
class Dissolution:
    """The end of a circle, proposed by one of the Secretariat; it counts once another confirmed."""

    circle: str
    proposer_id: str
    proposed_at: datetime
    ends_at: datetime
    members: tuple[str, ...]
    confirmer_id: str | None

    @property
    def is_confirmed(self) -> bool:
        """Tell whether the circle has ended."""
        return self.confirmer_id is not None


@dataclass(frozen=True)
class Returns:
    """What a circle founded again can be given back, in bundles, by whom; and what is lost.

    Asked before the circle's end, it says what will be so then. Drafts are lost: nobody else can
    open them, unless one of the recovery sheets (`live_sheets`) does. `lost` are those of editions
    in which nothing was submitted; of others (`corrections`) only what was changed since.
    """

    by_secretariat: int
    by_court: int
    by_states: int
    lost: int
    corrections: int
    live_sheets: int


@dataclass(frozen=True)
class RecoverySheet:
    """A new recovery sheet; the code is shown this once."""

    id: str
    code: str
    made_at: datetime


@dataclass(frozen=True)
class SheetFacts:
    """What is known of a recovery sheet; `is_live` while it opens what the circle opens.

    `is_needed`: the circle was founded again since, and the sheet would open what was before.
    """

    id: str
    made_by: str
    made_at: datetime
    used_at: datetime | None
    is_live: bool
    is_needed: bool


@dataclass(frozen=True)
class Activated:
    """A newcomer whose activation is complete; `circle` is empty for administrator and auditor."""

    person_id: str
    circle: str
    has_founded: bool


class CircleMissingError(Conflict):
    """Something is to be sealed to a circle that nobody has founded yet."""

    sentence = _("The people who shall read this have no account yet.")


class AlreadyFoundedError(Conflict):
    """Somebody else used another invitation to found the same circle first."""

    sentence = _("A colleague was first. Ask her to invite you.")


class InvitationOverError(Conflict):
    """The invitation was used, voided, or its time is over."""

    sentence = _("This invitation is no longer valid. Ask for a new one.")


class InstanceUnknownError(Broken):
    """The database holds no instance, or another than the keyring's."""

    sentence = _("The database and the keyring do not belong together.")
