"""Names of circles, kinds of bundles, and who may make which bundle (design: vault.md, Words)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cooperation.access.rules import ASSEMBLY as ASSEMBLY
from cooperation.access.rules import Institution
from cooperation.access.rules import state_circle as state_circle
from cooperation.access.rules import state_of_circle as state_of_circle
from cooperation.core.errors import Broken, Conflict
from cooperation.core.text import _

SECRETARIAT = Institution.SECRETARIAT.circle
COURT = Institution.COURT.circle
CO_FACILITATORS = Institution.CO_FACILITATORS.circle


class BundleKind(StrEnum):
    """Records that share an audience and a life."""

    DRAFT = "draft"
    SUBMITTED_STATES = "submitted_states"
    SUBMITTED_RESTRICTED = "submitted_restricted"
    SUBMITTED_COURT = "submitted_court"
    PUBLISHED = "published"
    REVIEW_NOTES = "review_notes"
    CLARIFICATION = "clarification"
    COURT_TABLES = "court_tables"
    RELEASED_TABLES = "released_tables"


@dataclass(frozen=True)
class BundleRow:
    """What is known of a bundle without opening it; `state` is `None` for a published edition."""

    id: str
    kind: BundleKind
    edition: str
    state: str | None


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


_OF_SECRETARIAT = frozenset({BundleKind.PUBLISHED, BundleKind.REVIEW_NOTES})
_OF_COURT = frozenset({BundleKind.COURT_TABLES, BundleKind.RELEASED_TABLES})


def makers_of(kind: str, state: str | None) -> tuple[str, ...]:
    """Return the circles whose members may make a bundle of this kind.

    What a State writes, it writes into bundles of its own people: nobody else can put one in its
    way. A thread may be begun from either side.
    """
    if kind in _OF_COURT:
        return (COURT,)
    if kind in _OF_SECRETARIAT or state is None:
        return (SECRETARIAT,)
    own = state_circle(state)
    return (own, SECRETARIAT) if kind == BundleKind.CLARIFICATION else (own,)


def audience_of(kind: str, state: str | None) -> tuple[str, ...]:
    """Return the circles that may ever be granted a bundle of this kind (product.md).

    What the row of a grant says is no reason to grant again; this is.
    """
    own = state_circle(state) if state else ""
    audiences = {
        BundleKind.DRAFT: (own,),
        BundleKind.SUBMITTED_STATES: (own, SECRETARIAT),
        BundleKind.SUBMITTED_RESTRICTED: (own, SECRETARIAT, COURT),
        BundleKind.SUBMITTED_COURT: (own, COURT),
        BundleKind.PUBLISHED: (ASSEMBLY,),
        BundleKind.REVIEW_NOTES: (SECRETARIAT,),
        BundleKind.CLARIFICATION: (own, SECRETARIAT),
        BundleKind.COURT_TABLES: (COURT,),
        BundleKind.RELEASED_TABLES: (ASSEMBLY,),
    }
    return audiences[BundleKind(kind)]
