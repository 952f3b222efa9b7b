"""The directory: a pure fold over signed statements in the order of the log.

Rules of vault.md, "Whose key: the directory". A statement is judged at its place in the log, by the
time of its entry and not by what its signer wrote; it counts once, whatever is written again later
(docs/decisions, 8). An invalid one changes nothing and its place is kept in `refused`. Entries are
frozen, so that a copy of the directory is cheap and a rolled-back transaction leaves the remembered
one untouched.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from hashlib import sha256

from cooperation.vault import renewals
from cooperation.vault.entries import (
    CircleEntry,
    Dissolution,
    InvitationEntry,
    Membership,
    PersonEntry,
    Rules,
    Waiting,
)
from cooperation.vault.errors import StatementRefused
from cooperation.vault.judging import known as _known
from cooperation.vault.judging import require as _require
from cooperation.vault.judging import typed as _typed
from cooperation.vault.places import LogPlace, LogTimes
from cooperation.vault.statements import (
    Admit,
    Circle,
    Dissolve,
    Dissolved,
    Founded,
    Genesis,
    Invite,
    InviteAction,
    Person,
    Remove,
    Renew,
    Role,
    Second,
    Sheet,
    SignedStatement,
    parse_statement,
)


@dataclass
class Directory:
    """The state of the fold after the entry `last_place` of the log (-1: none yet).

    `seen` are the hashes of all statements so far, refused ones too; `is_bound` once one was taken
    that says its place in the log: from then on none of the first form is. `set_back` are places
    dated before what stands before them: a clock that was set back, or somebody who wrote later.
    """

    instance: str
    rules: Rules
    genesis: bytes = b""
    last_place: int = -1
    last_hash: bytes = b""
    persons: dict[str, PersonEntry] = field(default_factory=dict)
    invitations: dict[str, InvitationEntry] = field(default_factory=dict)
    circles: dict[str, CircleEntry] = field(default_factory=dict)
    is_founded: bool = False
    waiting: dict[bytes, Waiting] = field(default_factory=dict)
    dissolutions: dict[str, Dissolution] = field(default_factory=dict)
    refused: tuple[int, ...] = ()
    set_back: tuple[int, ...] = ()
    seen: set[bytes] = field(default_factory=set)
    times: LogTimes = field(default_factory=LogTimes)
    is_bound: bool = False

    def copy(self) -> "Directory":
        """Return a directory that may go on by itself."""
        return replace(
            self,
            persons=dict(self.persons),
            invitations=dict(self.invitations),
            circles=dict(self.circles),
            dissolutions=dict(self.dissolutions),
            waiting=dict(self.waiting),
            seen=set(self.seen),
        )

    def take(self, encoded: bytes, place: LogPlace) -> bool:
        """Fold one statement in; return whether it was valid. An invalid one changes nothing."""
        try:
            self.apply(parse_statement(encoded, instance=self.instance), place)
        except StatementRefused:
            self.refused = (*self.refused, place.seq)
            self._pass(sha256(encoded).digest(), place)
            return False
        return True

    def apply(self, signed: SignedStatement, place: LogPlace) -> None:
        """Fold one statement in; raises `StatementRefused`, and then nothing has changed."""
        self._require_place(signed, place)
        before = self.times
        self.times = (LogTimes() if signed.after is None else before).through(place)
        try:
            self._judge(signed, place.seq)
        except StatementRefused:
            self.times = before
            raise
        if before.is_back(place):
            self.set_back = (*self.set_back, place.seq)
        self.is_bound = signed.after is not None
        self._pass(signed.hash, place)

    def _require_place(self, signed: SignedStatement, place: LogPlace) -> None:
        """Let pass what stands where it was signed to stand, and nowhere before."""
        _require(place.seq > self.last_place and signed.hash not in self.seen)
        _require(place.fits(signed.statement.at))
        if signed.after is None:
            _require(not self.is_bound)
        else:
            _require(signed.after == place.root)

    def _judge(self, signed: SignedStatement, place: int) -> None:
        if isinstance(signed.statement, Genesis):
            self._found(signed, signed.statement)
            return
        self._require_signature(signed)
        _RULES[signed.statement.KIND](self, signed, place)

    def _pass(self, statement_hash: bytes, place: LogPlace) -> None:
        self.last_place, self.last_hash = place.seq, statement_hash
        self.seen.add(statement_hash)

    def has_ended(self, ends_at: str, *, since: int) -> bool:
        """Tell whether an end has passed, by the statements taken after the entry `since`."""
        return self.times.latest_since(since) > ends_at

    def circles_with(self, member: str) -> tuple[CircleEntry, ...]:
        """Return the circles to which a person or a circle belongs, or once belonged."""
        return tuple(each for each in self.circles.values() if member in each.members)

    def person(self, person_id: str) -> PersonEntry:
        """Return a person; raises `StatementRefused` for one that no valid statement names."""
        return _known(self.persons.get(person_id))

    def circle(self, name: str) -> CircleEntry:
        """Return a circle; raises `StatementRefused` for one that no valid statement names."""
        return _known(self.circles.get(name))

    def is_member(self, person_id: str) -> bool:
        """Tell whether a person belongs to her circle now, or needs none."""
        person = self.persons.get(person_id)
        if person is None:
            return False
        return not person.circle or self._has(person.circle, person_id)

    def roles_of(self, person_id: str) -> frozenset[str]:
        """Return the person's roles of today; none once she is removed."""
        return self.persons[person_id].roles if self.is_member(person_id) else frozenset()

    def is_usable(self, invitation_id: str) -> bool:
        """Tell whether an invitation still counts: its maker belongs, what it founds is not."""
        entry = self.invitations.get(invitation_id)
        if entry is None or entry.person or entry.is_waiting or not self.is_member(entry.inviter):
            return False
        if self.has_ended(entry.invite.ends_at, since=entry.place):
            return False
        circle = self.circles.get(entry.invite.circle)
        is_founding = entry.invite.action == InviteAction.FOUND
        return not is_founding or entry.founds_after == (circle.version if circle else 0)

    def _has(self, circle: str, member: str) -> bool:
        return circle in self.circles and self.circles[circle].has(member)

    def is_inviter(self, person_id: str, circle: str) -> bool:
        """Tell whether a person may invite, remove and renew in a circle, as its rule says."""
        person = self.persons.get(person_id)
        if person is None or not self.is_member(person_id):
            return False
        wanted = self.rules.of(circle).governed_by or circle
        return person.circle == wanted and bool(person.roles & self.rules.inviting)

    def is_head(self, person_id: str) -> bool:
        """Tell whether a person invites in the circle that the genesis founded."""
        return self.is_inviter(person_id, self.rules.first)

    def _require_signature(self, signed: SignedStatement) -> None:
        if signed.signer in self.persons:
            public_key = self.persons[signed.signer].signing_key
        elif signed.signer in self.invitations:
            public_key = self.invitations[signed.signer].invite.signing_key
        else:
            raise StatementRefused
        _require(signed.is_signed_by(public_key))

    def _found(self, signed: SignedStatement, genesis: Genesis) -> None:
        _require(not self.genesis)
        _require(signed.signer == genesis.person and signed.is_signed_by(genesis.signing_key))
        self.genesis = signed.hash
        self.persons[genesis.person] = PersonEntry(
            id=genesis.person,
            circle=self.rules.first,
            roles=frozenset({self.rules.first_role}),
            sealing_hash=genesis.sealing_hash,
            signing_key=genesis.signing_key,
            invitation="",
        )

    def _invite(self, signed: SignedStatement, place: int) -> None:
        invite = _typed(signed.statement, Invite)
        _require(invite.invitation not in self.invitations and invite.role != "")
        _require(invite.invitation not in self.persons)
        _require(invite.role in self.rules.of(invite.circle).roles)
        _require(not self.has_ended(invite.ends_at, since=place - 1))
        existing = self.circles.get(invite.circle)
        if invite.action == InviteAction.FOUND:
            _require(self.is_head(signed.signer))
            _require(existing is None or existing.is_dissolved)
            _require(invite.circle != self.rules.first and invite.role in self.rules.inviting)
        elif invite.action == InviteAction.JOIN:
            _require(existing is not None and self.is_inviter(signed.signer, invite.circle))
        else:
            _require(invite.action == InviteAction.ACCOUNT and invite.circle == "")
            _require(self.is_head(signed.signer))
        is_waiting = self.needs_second(invite.circle)
        if is_waiting:
            founds = invite.action == InviteAction.FOUND
            asked = self.rules.of(self.rules.first if founds else invite.circle)
            self.waiting[signed.hash] = Waiting(
                invite.circle, signed.signer, asked.seconds, invite.invitation, founds
            )
        self.invitations[invite.invitation] = InvitationEntry(
            invite,
            signed.signer,
            place,
            is_waiting=is_waiting,
            founds_after=existing.version if existing else 0,
        )

    def _person(self, signed: SignedStatement, place: int) -> None:
        del place
        person = _typed(signed.statement, Person)
        entry = _known(self.invitations.get(signed.signer))
        _require(person.invitation == signed.signer and not entry.person)
        _require(not entry.is_waiting and self.is_member(entry.inviter))
        _require(not self.has_ended(entry.invite.ends_at, since=entry.place))
        _require(person.person not in self.persons and person.person not in self.invitations)
        self.invitations[signed.signer] = replace(entry, person=person.person)
        self.persons[person.person] = PersonEntry(
            id=person.person,
            circle=entry.invite.circle,
            roles=frozenset({entry.invite.role}),
            sealing_hash=person.sealing_hash,
            signing_key=person.signing_key,
            invitation=signed.signer,
        )

    def _circle(self, signed: SignedStatement, place: int) -> None:
        circle = _typed(signed.statement, Circle)
        existing = self.circles.get(circle.circle)
        if existing is not None:
            if signed.signer in self.invitations:
                renewals.found_again(self, signed, place, existing)
            else:
                renewals.renew_circle(self, signed, place, existing)
            return
        _require(circle.version == 1 and circle.previous == b"")
        maker = self._founder(signed.signer, circle.circle)
        founder = () if self.rules.of(circle.circle).holds_circles else (maker,)
        self.circles[circle.circle] = CircleEntry(
            name=circle.circle,
            key_hashes=(circle.key_hash,),
            maker=maker,
            members={member: (Membership(place),) for member in founder},
        )

    def _founder(self, signer: str, circle: str) -> str:
        if signer in self.invitations:
            return renewals.use_to_found(self, signer, circle)
        _require(not self.persons[signer].invitation)
        _require(circle == self.rules.first or self.rules.of(circle).holds_circles)
        return signer

    def _admit(self, signed: SignedStatement, place: int) -> None:
        admit = _typed(signed.statement, Admit)
        circle = self.circle(admit.circle)
        _require(not circle.has(admit.member) and admit.version == circle.version)
        entry = self.invitations.get(signed.signer)
        if entry is None:
            _require(self.rules.of(admit.circle).holds_circles)
            _require(self.is_inviter(signed.signer, admit.circle))
        else:
            self._use_to_admit(entry, admit)
        _require(admit.member_key_hash == self._member_key_hash(admit))
        if entry is not None:
            self.invitations[signed.signer] = replace(entry, has_admitted=True)
        spells = (*circle.members.get(admit.member, ()), Membership(place))
        members = {**circle.members, admit.member: spells}
        self.circles[admit.circle] = replace(circle, members=members)

    def _use_to_admit(self, entry: InvitationEntry, admit: Admit) -> None:
        invite = entry.invite
        _require(bool(entry.person) and not entry.has_admitted)
        _require(self.is_member(entry.inviter))
        if invite.action == InviteAction.FOUND:
            _require(admit.circle == self.rules.of(invite.circle).joins)
            _require(admit.member == invite.circle and entry.has_founded)
        else:
            _require(invite.action == InviteAction.JOIN and admit.circle == invite.circle)
            _require(admit.member == entry.person)

    def _member_key_hash(self, admit: Admit) -> bytes:
        if self.rules.of(admit.circle).holds_circles:
            _require(not self.rules.of(admit.member).holds_circles)
            _require(not self.circle(admit.member).is_dissolved)
            return self.circle(admit.member).key_hash
        return self.person(admit.member).sealing_hash

    def _role(self, signed: SignedStatement, place: int) -> None:
        del place
        role = _typed(signed.statement, Role)
        person = self.person(role.person)
        roles = frozenset(role.roles)
        rule = self.rules.of(person.circle)
        _require(bool(roles) and roles <= rule.roles)
        _require(self.is_inviter(signed.signer, person.circle) and self.is_member(role.person))
        if self.needs_second(person.circle):
            self.waiting[signed.hash] = Waiting(
                person.circle, signed.signer, rule.seconds, role=role
            )
            return
        self.persons[role.person] = replace(person, roles=roles)

    def needs_second(self, circle: str) -> bool:
        """Tell whether a role of this circle's people is granted by two persons from now on."""
        return self.is_founded and bool(self.rules.of(circle).seconds)

    def _end_founding(self, signed: SignedStatement, place: int) -> None:
        del place
        person = self.person(signed.signer)
        _require(not self.is_founded and self.is_member(person.id))
        _require(bool(person.circle and self.rules.of(person.circle).seconds))
        self.is_founded = True

    def _second(self, signed: SignedStatement, place: int) -> None:
        del place
        second = _typed(signed.statement, Second)
        waiting = _known(self.waiting.get(second.subject))
        _require(waiting.may_be_seconded_by(signed.signer, self.roles_of(signed.signer)))
        _require(self.is_member(waiting.first))
        if waiting.role is None:
            entry = self.invitations[waiting.invitation]
            _require(not self.has_ended(entry.invite.ends_at, since=entry.place))
            self.invitations[waiting.invitation] = replace(entry, is_waiting=False)
        else:
            _require(self.is_member(waiting.role.person))
            person = self.person(waiting.role.person)
            roles = frozenset(waiting.role.roles)
            self.persons[person.id] = replace(person, roles=roles)
        del self.waiting[second.subject]


_RULES: dict[str, Callable[[Directory, SignedStatement, int], None]] = {
    Invite.KIND: Directory._invite,
    Person.KIND: Directory._person,
    Circle.KIND: Directory._circle,
    Admit.KIND: Directory._admit,
    Remove.KIND: renewals.remove_member,
    Renew.KIND: renewals.renew_person,
    Sheet.KIND: renewals.add_sheet,
    Dissolve.KIND: renewals.propose_dissolution,
    Dissolved.KIND: renewals.confirm_dissolution,
    Role.KIND: Directory._role,
    Founded.KIND: Directory._end_founding,
    Second.KIND: Directory._second,
}
