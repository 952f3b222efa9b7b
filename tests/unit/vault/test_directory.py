"""The fold over signed statements, without any table: what is valid at which place of the log."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

import pytest

from cooperation.access.rules import DIRECTORY_RULES
from cooperation.circles.rules import ASSEMBLY, COURT, SECRETARIAT
from cooperation.core.ids import new_id
from cooperation.vault.directory import Directory
from cooperation.vault.entries import CircleRule
from cooperation.vault.errors import StatementRefused
from cooperation.vault.keys import SigningKey
from cooperation.vault.places import LogPlace
from cooperation.vault.statements import (
    Admit,
    Circle,
    Dissolve,
    Dissolved,
    Genesis,
    Invite,
    Person,
    Remove,
    Role,
    Signer,
    Statement,
    parse_statement,
    sign_statement,
)

INSTANCE = new_id()
AT = "2026-11-22T09:00:00Z"
LATER = "2026-11-29T09:00:00Z"
STATE = "state/AF01"


def hash_of(name: str) -> bytes:
    """A key hash that belongs to `name`; the fold never looks behind it."""
    return name.encode().ljust(32, b".")[:32]


def root_before(place: int) -> bytes:
    """What stands for the root of the log before an entry."""
    return sha256(str(place).encode()).digest()


@dataclass
class Script:
    """Writes statements one after the other; people and invitations go by short names."""

    directory: Directory = field(default_factory=lambda: Directory(INSTANCE, DIRECTORY_RULES))
    keys: dict[str, SigningKey] = field(default_factory=dict)
    place: int = 0
    is_bound: bool = True
    written: list[bytes] = field(default_factory=list)

    def key(self, name: str) -> SigningKey:
        return self.keys.setdefault(name, SigningKey.generate())

    def say(self, signer: str, statement: Statement) -> None:
        self.write(self.sign(signer, statement), statement.at)

    def sign(self, signer: str, statement: Statement) -> bytes:
        """Sign for the next place; not bound to it in the first form."""
        after = root_before(self.place + 1) if self.is_bound else None
        who = Signer(signer, self.key(signer))
        return sign_statement(statement, who, instance=INSTANCE, after=after).encoded

    def write(self, encoded: bytes, at: str = AT) -> None:
        """Append what was signed, under an entry of this time."""
        self.place += 1
        place = self.at_place(self.place, at)
        self.written.append(encoded)
        self.directory.apply(parse_statement(encoded, instance=INSTANCE), place)

    def at_place(self, seq: int, at: str = AT) -> LogPlace:
        """A place of the log under an entry of this time."""
        return LogPlace(seq, datetime.fromisoformat(at), root_before(seq))

    def genesis(self, person: str = "head") -> None:
        self.say(person, Genesis(person, hash_of(person), self.key(person).public_bytes(), AT))

    def invite(self, signer: str, invitation: str, action: str, circle: str, role: str) -> None:
        public = self.key(invitation).public_bytes()
        self.say(
            signer,
            Invite(invitation, action, circle, role, hash_of(invitation), public, AT, LATER),
        )

    def person(self, invitation: str, person: str, at: str = AT, signer: str = "") -> None:
        public = self.key(person).public_bytes()
        statement = Person(person, invitation, hash_of(person), public, at)
        self.say(signer or invitation, statement)

    def circle(self, signer: str, name: str, version: int = 1, previous: bytes = b"") -> None:
        self.say(signer, Circle(name, version, hash_of(f"{name}{version}"), previous, AT))

    def admit(self, signer: str, circle: str, member: str, key: bytes = b"") -> None:
        default = hash_of(f"{member}1" if circle == ASSEMBLY else member)
        self.say(signer, Admit(circle, 1, member, key or default, AT))


@pytest.fixture
def script() -> Script:
    """A head, `secretariat` and `assembly`; one State with its focal point and a contributor."""
    made = Script()
    made.genesis()
    made.circle("head", SECRETARIAT)
    made.circle("head", ASSEMBLY)
    made.admit("head", ASSEMBLY, SECRETARIAT)
    made.invite("head", "i-focal", "found", STATE, "focal_point")
    made.person("i-focal", "focal")
    made.circle("i-focal", STATE)
    made.admit("i-focal", ASSEMBLY, STATE)
    made.invite("focal", "i-writer", "join", STATE, "contributor")
    made.person("i-writer", "writer")
    made.admit("i-writer", STATE, "writer")
    return made


def test_script_is_valid(script: Script) -> None:
    directory = script.directory

    assert directory.circles[STATE].present == {"focal", "writer"}
    assert directory.circles[ASSEMBLY].present == {SECRETARIAT, STATE}
    assert directory.roles_of("focal") == {"focal_point"}
    assert directory.refused == ()


def test_second_circle_of_circles_needs_no_more_than_its_rule(script: Script) -> None:
    rule = CircleRule(governed_by=SECRETARIAT, holds_circles=True)
    circles = {**DIRECTORY_RULES.circles, "table": rule}
    script.directory.rules = replace(DIRECTORY_RULES, circles=circles)
    script.circle("head", "table")
    script.admit("head", "table", STATE, key=hash_of(f"{STATE}1"))

    for signer, circle, member in (
        ("focal", "table", SECRETARIAT),
        ("head", "table", ASSEMBLY),
        ("head", ASSEMBLY, "table"),
    ):
        with pytest.raises(StatementRefused):
            script.admit(signer, circle, member, key=hash_of(f"{member}1"))
    assert {each.name for each in script.directory.circles_with(STATE)} == {ASSEMBLY, "table"}

    members = ("focal", "writer")
    end = Dissolve(STATE, 1, hash_of(f"{STATE}1"), members, AT, LATER)
    script.say("head", end)
    script.invite("head", "i-officer", "join", SECRETARIAT, "officer")
    script.person("i-officer", "officer")
    script.admit("i-officer", SECRETARIAT, "officer")
    proposal = script.directory.dissolutions[STATE].hash
    script.say("officer", Dissolved(STATE, proposal, AT))

    assert not script.directory.circles["table"].present
    assert script.directory.circles[ASSEMBLY].present == {SECRETARIAT}


def invited(script: Script, action: str, circle: str, role: str, by: str = "head") -> None:
    script.invite(by, "i-new", action, circle, role)


REFUSED: dict[str, Callable[[Script], None]] = {
    "second genesis": lambda s: s.genesis("usurper"),
    "invitation of a contributor": lambda s: invited(s, "join", STATE, "contributor", "writer"),
    "invitation into another circle": lambda s: invited(s, "join", SECRETARIAT, "officer", "focal"),
    "invitation of a head into a State": lambda s: invited(s, "join", STATE, "contributor"),
    "founding what exists": lambda s: invited(s, "found", STATE, "focal_point"),
    "founding by a focal point": lambda s: invited(s, "found", COURT, "court_reader", "focal"),
    "founding with a lesser role": lambda s: invited(s, "found", "state/AF02", "contributor"),
    "founding the Secretariat": lambda s: invited(s, "found", SECRETARIAT, "head"),
    "joining what does not exist": lambda s: invited(s, "join", COURT, "court_reader"),
    "joining the assembly": lambda s: invited(s, "join", ASSEMBLY, "head"),
    "a role of another circle": lambda s: invited(s, "join", STATE, "officer", "focal"),
    "an account with a content role": lambda s: invited(s, "account", "", "officer"),
    "an account in a circle": lambda s: invited(s, "account", SECRETARIAT, "officer"),
    "an invitation by a person's name": lambda s: s.invite(
        "focal", "head", "join", STATE, "contributor"
    ),
    "an unknown action": lambda s: invited(s, "anything", "", "auditor"),
    "second person of an invitation": lambda s: s.person("i-writer", "second"),
    "person signed by a member": lambda s: s.person("i-writer", "second", signer="head"),
    "person of no invitation": lambda s: s.person("i-unknown", "second"),
    "second admission by an invitation": lambda s: s.admit("i-writer", STATE, "writer"),
    "admission of somebody else": lambda s: s.admit("i-writer", STATE, "head"),
    "admission by a member": lambda s: s.admit("focal", STATE, "head"),
    "circle by a member": lambda s: s.circle("focal", "state/AF02"),
    "circle by a used invitation": lambda s: s.circle("i-focal", "state/AF02"),
    "circle of a stranger's version": lambda s: s.circle("writer", STATE, 2, hash_of(f"{STATE}1")),
    "circle with a gap": lambda s: s.circle("focal", STATE, 3, hash_of(f"{STATE}1")),
    "circle with another past": lambda s: s.circle("focal", STATE, 2, hash_of("other")),
    "circle of another State": lambda s: s.circle("head", STATE, 2, hash_of(f"{STATE}1")),
    "removal by a contributor": lambda s: s.say("writer", Remove(STATE, "focal", AT)),
    "removal by another circle": lambda s: s.say("head", Remove(STATE, "focal", AT)),
    "removal of no member": lambda s: s.say("focal", Remove(STATE, "head", AT)),
    "removal from the assembly": lambda s: s.say("focal", Remove(ASSEMBLY, SECRETARIAT, AT)),
    "role by a contributor": lambda s: s.say("writer", Role("writer", ("focal_point",), AT)),
    "role of another circle": lambda s: s.say("focal", Role("focal", ("head",), AT)),
    "role by another circle": lambda s: s.say("head", Role("focal", ("signatory",), AT)),
    "no role": lambda s: s.say("focal", Role("writer", (), AT)),
    "role of nobody": lambda s: s.say("focal", Role("nobody", ("signatory",), AT)),
    "statement of a stranger": lambda s: s.say("stranger", Remove(STATE, "writer", AT)),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_refused_and_nothing_changes(script: Script, case: str) -> None:
    before = script.directory.copy()

    with pytest.raises(StatementRefused):
        REFUSED[case](script)

    assert script.directory == before


def test_invitation_ends(script: Script) -> None:
    script.invite("focal", "i-late", "join", STATE, "contributor")

    with pytest.raises(StatementRefused):
        script.person("i-late", "late", at="2026-11-29T09:00:01Z")


def test_newcomer_needs_the_right_key_hash(script: Script) -> None:
    script.invite("focal", "i-new", "join", STATE, "contributor")
    script.person("i-new", "newcomer")

    with pytest.raises(StatementRefused):
        script.admit("i-new", STATE, "newcomer", key=hash_of("thief"))


def test_signature_of_another_key_is_refused(script: Script) -> None:
    script.keys["focal"] = SigningKey.generate()

    with pytest.raises(StatementRefused):
        script.say("focal", Remove(STATE, "writer", AT))


def test_statement_of_another_instance_is_refused(script: Script) -> None:
    signer = Signer("focal", script.key("focal"))
    place = script.at_place(script.place + 1)
    signed = sign_statement(
        Remove(STATE, "writer", AT), signer, instance=new_id(), after=place.root
    )

    assert not script.directory.take(signed.encoded, place)
    assert script.directory.refused == (script.place + 1,)


@pytest.mark.parametrize("encoded", [b"", b"anything", b"\x00\x00\x00\x01a", b"\xff" * 40])
def test_malformed_statement_is_refused(encoded: bytes) -> None:
    with pytest.raises(StatementRefused):
        parse_statement(encoded, instance=INSTANCE)


def test_removed_person_has_no_role_and_signs_nothing(script: Script) -> None:
    script.invite("focal", "i-second", "join", STATE, "focal_point")
    script.person("i-second", "second")
    script.admit("i-second", STATE, "second")

    script.say("second", Remove(STATE, "focal", AT))

    removed_at = script.place
    assert script.directory.roles_of("focal") == frozenset()
    assert script.directory.circles[STATE].had("focal", removed_at - 1)
    assert not script.directory.circles[STATE].had("focal", removed_at)
    with pytest.raises(StatementRefused):
        script.invite("focal", "i-more", "join", STATE, "contributor")


def test_member_with_an_inviting_role_renews_the_circle(script: Script) -> None:
    script.circle("focal", STATE, 2, hash_of(f"{STATE}1"))

    assert script.directory.circles[STATE].version == 2
    assert script.directory.circles[STATE].key_hashes[0] == hash_of(f"{STATE}1")


def test_head_renews_the_assembly(script: Script) -> None:
    script.circle("head", ASSEMBLY, 2, hash_of(f"{ASSEMBLY}1"))

    assert script.directory.circles[ASSEMBLY].version == 2


def test_order_of_the_log_decides(script: Script) -> None:
    script.place -= 1
    signed = script.sign("focal", Role("writer", ("signatory",), AT))

    with pytest.raises(StatementRefused):
        script.write(signed)


def test_copy_goes_its_own_way(script: Script) -> None:
    original = script.directory
    script.directory = original.copy()

    script.say("focal", Role("writer", ("signatory",), AT))

    assert original.roles_of("writer") == {"contributor"}
    assert script.directory.roles_of("writer") == {"signatory"}
