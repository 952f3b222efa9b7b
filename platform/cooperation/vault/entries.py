"""What the directory knows: people, invitations, circles by version and by time (vault.md).

All frozen: a change makes a new entry, so that copies of the directory share what is the same.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from cooperation.vault.statements import Dissolve, Invite, Role


@dataclass(frozen=True)
class CircleRule:
    """What is declared of a circle.

    `roles` are those of its people. `governed_by` names the circle whose inviting roles admit,
    remove and renew here, where it is not its own. `seconds` are the roles of which another person
    must consent to a role given here after the founding. `joins` is the circle that it belongs to
    itself; one that `holds_circles` has no people.
    """

    roles: frozenset[str] = frozenset()
    governed_by: str = ""
    seconds: frozenset[str] = frozenset()
    joins: str = ""
    holds_circles: bool = False


@dataclass(frozen=True)
class Rules:
    """What statements are judged by beside each other; whoever knows roles and bodies declares it.

    `circles` go by name; one that ends with a slash stands for all that begin so, the empty one for
    people without a circle. The genesis founds the circle `first`, in the role `first_role`.
    """

    circles: Mapping[str, CircleRule]
    inviting: frozenset[str]
    first: str
    first_role: str

    def of(self, circle: str) -> CircleRule:
        """Return a circle's rule; for a wrong name one that allows nothing."""
        kind, slash, own = circle.partition("/")
        known = not slash or bool(own)
        return self.circles.get(kind + slash, _NOTHING) if known else _NOTHING


_NOTHING = CircleRule()


@dataclass(frozen=True)
class FormerKey:
    """A signing key that counted for entries of the log before `until`."""

    until: int
    signing_key: bytes


@dataclass(frozen=True)
class PersonEntry:
    """A person as the directory knows her; `circle` is empty for administrators and auditors."""

    id: str
    circle: str
    roles: frozenset[str]
    sealing_hash: bytes
    signing_key: bytes
    invitation: str
    key_version: int = 1
    former: tuple[FormerKey, ...] = ()

    def signing_key_at(self, place: int) -> bytes:
        """Return the signing key that counted at an entry of the log."""
        for key in self.former:
            if place < key.until:
                return key.signing_key
        return self.signing_key


@dataclass(frozen=True)
class InvitationEntry:
    """An invitation: what it authorises, and what has been done with it; `place` is its entry.

    One to found a circle counts only after the version that the circle had when it was made.
    """

    invite: Invite
    inviter: str
    place: int
    person: str = ""
    has_founded: bool = False
    has_admitted: bool = False
    founds_after: int = 0
    is_waiting: bool = False


@dataclass(frozen=True)
class Waiting:
    """A grant that has no effect before a second person signs; one of the two is named.

    `first` signed the `invite` or `role`. An invitation that founds has `founds`: then the circle
    has nobody of its own who could be the second.
    """

    circle: str
    first: str
    seconds: frozenset[str]
    invitation: str = ""
    founds: bool = False
    role: Role | None = None

    def may_be_seconded_by(self, person_id: str, roles: frozenset[str]) -> bool:
        """Tell whether this person, in the roles she holds now, may be the second."""
        return person_id != self.first and bool(roles & self.seconds)


@dataclass(frozen=True)
class Membership:
    """From which entry of the log to which a member belonged to a circle."""

    since: int
    until: int | None = None


@dataclass(frozen=True)
class SheetEntry:
    """A recovery sheet: a member without account, from a version of its circle on."""

    maker: str
    sealing_hash: bytes
    version: int
    until: int | None = None


@dataclass(frozen=True)
class Dissolution:
    """The end of a circle: who proposed what and where; once it counts, who confirmed it where."""

    dissolve: Dissolve
    hash: bytes
    proposer: str
    proposed_at: int
    confirmer: str = ""
    place: int = -1


@dataclass(frozen=True)
class CircleEntry:
    """A circle: the hash of each version's key, first to last, and its members by time.

    `first_version` is the one with which it was founded, or founded again; `renewed_at` the entry
    of the log that gave it its last new key; `dissolution` is there from the circle's end until it
    is founded again.
    """

    name: str
    key_hashes: tuple[bytes, ...]
    maker: str
    members: dict[str, tuple[Membership, ...]]
    sheets: dict[str, SheetEntry] = field(default_factory=dict)
    first_version: int = 1
    renewed_at: int = -1
    dissolution: Dissolution | None = None

    @property
    def version(self) -> int:
        """The version that is sealed to now."""
        return len(self.key_hashes)

    @property
    def key_hash(self) -> bytes:
        """The hash of the key that is sealed to now."""
        return self.key_hashes[-1]

    @property
    def present(self) -> frozenset[str]:
        """The members of today."""
        return frozenset(name for name in self.members if self.has(name))

    @property
    def live_sheets(self) -> tuple[str, ...]:
        """The recovery sheets made since the circle was founded (again) and not voided."""
        return tuple(
            name
            for name, sheet in self.sheets.items()
            if sheet.until is None and sheet.version >= self.first_version
        )

    def sheets_by(self, makers: Collection[str]) -> tuple[str, ...]:
        """Return the live recovery sheets whose letters one of these people has seen printed."""
        return tuple(name for name in self.live_sheets if self.sheets[name].maker in makers)

    @property
    def is_dissolved(self) -> bool:
        """Tell whether the circle has ended and nobody has founded it again."""
        return self.dissolution is not None

    def without(self, members: tuple[str, ...], place: int) -> "CircleEntry":
        """Return the circle after these memberships have ended at an entry of the log."""
        changed = dict(self.members)
        for member in members:
            *earlier, last = changed[member]
            changed[member] = (*earlier, replace(last, until=place))
        return replace(self, members=changed)

    def has(self, member: str) -> bool:
        """Tell whether `member` belongs to the circle now."""
        spells = self.members.get(member, ())
        return bool(spells) and spells[-1].until is None

    def had(self, member: str, place: int) -> bool:
        """Tell whether `member` belonged to the circle at that entry of the log."""
        spells = self.members.get(member, ())
        return any(
            spell.since <= place and (spell.until is None or place < spell.until)
            for spell in spells
        )
