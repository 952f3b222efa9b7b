"""Statements of leaving, new keys and the end of a circle, judged at their place in the log."""

from collections.abc import Callable

import pytest

from cooperation.circles.rules import ASSEMBLY, SECRETARIAT
from cooperation.vault.errors import StatementRefused
from cooperation.vault.keys import SigningKey
from cooperation.vault.statements import (
    Admit,
    Circle,
    Dissolve,
    Dissolved,
    Remove,
    Renew,
    Role,
    Sheet,
)
from tests.unit.vault.test_directory import AT, LATER, STATE, Script, hash_of, script

__all__ = ["script"]

TOO_LATE = "2026-11-29T09:00:01Z"


def renew(script: Script, person: str, signer: str = "", key: SigningKey | None = None) -> None:
    made = key or SigningKey.generate()
    statement = Renew(person, hash_of(f"{person} anew"), made.public_bytes(), AT)
    script.say(signer or person, statement)
    script.keys[person] = made


def renew_circle(script: Script, signer: str, name: str = STATE, version: int = 2) -> None:
    script.circle(signer, name, version, hash_of(f"{name}{version - 1}"))


def propose(
    script: Script, signer: str = "officer", circle: str = STATE, **changes: object
) -> None:
    entry = script.directory.circles[circle]
    said: dict[str, object] = {
        "circle": circle,
        "version": entry.version,
        "key_hash": entry.key_hash,
        "members": tuple(sorted(entry.present)),
        "at": AT,
        "ends_at": LATER,
    }
    script.say(signer, Dissolve(**(said | changes)))  # type: ignore[arg-type] # fields by name


def confirm(
    script: Script, signer: str = "head", proposal: bytes = b"", at: str = AT, circle: str = STATE
) -> None:
    waiting = script.directory.dissolutions.get(circle)
    named = proposal or (waiting.hash if waiting else hash_of("none"))
    script.say(signer, Dissolved(circle, named, at))


def dissolve(script: Script) -> None:
    propose(script)
    confirm(script)


def invite_founder(script: Script, invitation: str = "i-again", person: str = "again") -> None:
    script.invite("head", invitation, "found", STATE, "focal_point")
    script.person(invitation, person)


@pytest.fixture
def peopled(script: Script) -> Script:
    """The small directory with two officers and a second focal point."""
    for inviter, name, circle, role in (
        ("head", "officer", SECRETARIAT, "officer"),
        ("head", "clerk", SECRETARIAT, "officer"),
        ("focal", "second", STATE, "focal_point"),
    ):
        script.invite(inviter, f"i-{name}", "join", circle, role)
        script.person(f"i-{name}", name)
        script.admit(f"i-{name}", circle, name)
    return script


def removed(script: Script, member: str, by: str = "focal", circle: str = STATE) -> None:
    script.say(by, Remove(circle, member, AT))


def accomplice(script: Script) -> None:
    """An invitation by somebody who has left since."""
    script.invite("second", "i-late", "join", STATE, "contributor")
    removed(script, "second")
    script.person("i-late", "late")


def half_accomplice(script: Script) -> None:
    """She left between the newcomer's two statements."""
    script.invite("second", "i-late", "join", STATE, "contributor")
    script.person("i-late", "late")
    removed(script, "second")
    script.admit("i-late", STATE, "late")


def founder_of_a_removed_head(script: Script) -> None:
    script.say("head", Role("officer", ("head",), AT))
    script.invite("head", "i-new", "found", "state/AF02", "focal_point")
    script.say("officer", Remove(SECRETARIAT, "head", AT))
    script.person("i-new", "newcomer")


def found_living(script: Script) -> None:
    script.invite("head", "i-again", "found", STATE, "focal_point")


def old_letter(script: Script) -> None:
    """An invitation to found, made before the circle was founded the first time."""
    other = "state/AF02"
    for name in ("i-first", "i-drawer"):
        script.invite("head", name, "found", other, "focal_point")
    script.person("i-first", "first")
    script.circle("i-first", other)
    propose(script, circle=other)
    confirm(script, circle=other)
    script.person("i-drawer", "thief")
    script.circle("i-drawer", other, 2, hash_of(f"{other}1"))


def found_again_with_link_to_nothing(script: Script) -> None:
    dissolve(script)
    invite_founder(script)
    script.circle("i-again", STATE, 2, hash_of("elsewhere"))


def found_again_from_the_start(script: Script) -> None:
    dissolve(script)
    invite_founder(script)
    script.circle("i-again", STATE)


def head_makes_the_next_version(script: Script) -> None:
    dissolve(script)
    renew_circle(script, "head")


def former_member_renews(script: Script) -> None:
    dissolve(script)
    renew_circle(script, "focal")


def former_member_joins_with_an_old_invitation(script: Script) -> None:
    script.invite("focal", "i-late", "join", STATE, "contributor")
    dissolve(script)
    invite_founder(script)
    script.circle("i-again", STATE, 2, hash_of(f"{STATE}1"))
    script.person("i-late", "late")


def admit_the_ended(script: Script) -> None:
    dissolve(script)
    script.admit("head", ASSEMBLY, STATE)


def found_again_twice(script: Script) -> None:
    dissolve(script)
    invite_founder(script)
    invite_founder(script, "i-other", "other")
    script.circle("i-again", STATE, 2, hash_of(f"{STATE}1"))
    script.circle("i-other", STATE, 3, hash_of(f"{STATE}2"))


def confirm_another(script: Script) -> None:
    """The first half was made anew since the second person looked."""
    propose(script)
    shown = script.directory.dissolutions[STATE].hash
    propose(script, "clerk")
    confirm(script, proposal=shown)


def confirm_after_a_change(script: Script) -> None:
    propose(script)
    removed(script, "writer")
    confirm(script)


def confirm_after_a_renewal(script: Script) -> None:
    propose(script)
    renew_circle(script, "focal")
    confirm(script)


def confirm_of_a_removed_proposer(script: Script) -> None:
    propose(script)
    removed(script, "officer", "head", SECRETARIAT)
    confirm(script)


def sheet(script: Script, signer: str = "focal", name: str = "sheet", circle: str = STATE) -> None:
    script.say(signer, Sheet(name, circle, hash_of(name), AT))


def sheet_speaks(script: Script) -> None:
    sheet(script)
    removed(script, "writer", "sheet")


def removed_renews_herself(script: Script) -> None:
    removed(script, "writer")
    renew(script, "writer")


def former_key_speaks(script: Script) -> None:
    former = script.key("focal")
    renew(script, "focal")
    script.keys["focal"] = former
    removed(script, "writer")


def sheet_of_an_ended_circle(script: Script) -> None:
    dissolve(script)
    sheet(script)


def voided_twice(script: Script) -> None:
    sheet(script)
    removed(script, "sheet")
    removed(script, "sheet")


def found_again_two_versions_on(script: Script) -> None:
    dissolve(script)
    invite_founder(script)
    script.circle("i-again", STATE, 3, hash_of(f"{STATE}1"))


def founded_by_a_colleague(script: Script) -> None:
    """An invitation to join, used long ago."""
    dissolve(script)
    script.circle("i-writer", STATE, 2, hash_of(f"{STATE}1"))


def founded_elsewhere(script: Script) -> None:
    script.invite("head", "i-new", "found", "state/AF02", "focal_point")
    script.person("i-new", "newcomer")
    script.circle("i-new", "state/AF03")


def founded_by_nobody(script: Script) -> None:
    script.invite("head", "i-new", "found", "state/AF02", "focal_point")
    script.circle("i-new", "state/AF02")


def founded_for_a_head_who_left_meanwhile(script: Script) -> None:
    script.say("head", Role("officer", ("head",), AT))
    script.invite("head", "i-new", "found", "state/AF02", "focal_point")
    script.person("i-new", "newcomer")
    removed(script, "head", "officer", SECRETARIAT)
    script.circle("i-new", "state/AF02")


def same_sealing_key(script: Script) -> None:
    key = SigningKey.generate()
    script.say("focal", Renew("focal", hash_of("focal"), key.public_bytes(), AT))


def ended_by_one_head(script: Script) -> None:
    propose(script, "head")
    confirm(script, "head")


def ended_by_head_and_state(script: Script) -> None:
    propose(script, "head")
    confirm(script, "focal")


REFUSED: dict[str, Callable[[Script], None]] = {
    "new keys with the same sealing key": same_sealing_key,
    "founding again two versions on": found_again_two_versions_on,
    "founding with an invitation to join": founded_by_a_colleague,
    "founding another circle": founded_elsewhere,
    "founding before the founder is there": founded_by_nobody,
    "founding for a head who has left meanwhile": founded_for_a_head_who_left_meanwhile,
    "an end by one head alone": ended_by_one_head,
    "an end by a head and the State": ended_by_head_and_state,
    "an end that is over at once": lambda s: propose(s, at=TOO_LATE),
    "a sheet by an invitation's name": lambda s: sheet(s, name="i-writer"),
    "new keys for somebody else": lambda s: renew(s, "writer", signer="focal"),
    "new keys by the head": lambda s: renew(s, "focal", signer="head"),
    "new keys for who has left": removed_renews_herself,
    "new keys that are the old ones": lambda s: renew(s, "focal", key=s.key("focal")),
    "a former key": former_key_speaks,
    "removal of herself": lambda s: removed(s, "focal"),
    "removal of the only one who may invite, by herself": lambda s: removed(
        s, "head", "head", SECRETARIAT
    ),
    "removal by a contributor": lambda s: removed(s, "second", "writer"),
    "removal in another circle": lambda s: removed(s, "writer", "head"),
    "the Secretariat's removal from the assembly": lambda s: removed(
        s, SECRETARIAT, "head", ASSEMBLY
    ),
    "an officer's removal from the assembly": lambda s: removed(s, STATE, "officer", ASSEMBLY),
    "an invitation by who has left": accomplice,
    "half an activation by who has left": half_accomplice,
    "a State's invitation by a head who has left": founder_of_a_removed_head,
    "a new version by an officer": lambda s: renew_circle(s, "officer", SECRETARIAT),
    "a new version that was there": lambda s: s.circle("focal", STATE, 1),
    "founding what lives": found_living,
    "founding again with an old letter": old_letter,
    "founding again beside the last version": found_again_with_link_to_nothing,
    "founding again from the start": found_again_from_the_start,
    "founding again twice": found_again_twice,
    "a head's version of an ended circle": head_makes_the_next_version,
    "a former member's version of an ended circle": former_member_renews,
    "a former member's invitation to an ended circle": former_member_joins_with_an_old_invitation,
    "an ended circle in the assembly": admit_the_ended,
    "an end proposed by the State": lambda s: propose(s, "focal"),
    "an end of the Secretariat": lambda s: propose(s, circle=SECRETARIAT),
    "an end of the assembly": lambda s: propose(s, circle=ASSEMBLY),
    "an end of another version": lambda s: propose(s, version=2),
    "an end of another key": lambda s: propose(s, key_hash=hash_of("other")),
    "an end with fewer members": lambda s: propose(s, members=("focal",)),
    "an end confirmed by one person": lambda s: (propose(s), confirm(s, "officer"))[0],
    "an end without a head": lambda s: (propose(s), confirm(s, "clerk"))[0],
    "an end confirmed by the State": lambda s: (propose(s), confirm(s, "focal"))[0],
    "an end that nobody proposed": confirm,
    "an end confirmed too late": lambda s: (propose(s), confirm(s, at=TOO_LATE))[0],
    "the end of another proposal": confirm_another,
    "the end of a circle that changed": confirm_after_a_change,
    "the end of a circle with new keys": confirm_after_a_renewal,
    "the end proposed by who has left": confirm_of_a_removed_proposer,
    "the end of what has ended": lambda s: (dissolve(s), confirm(s))[0],
    "a sheet by a contributor": lambda s: sheet(s, "writer"),
    "a sheet of another circle": lambda s: sheet(s, "head"),
    "a sheet of the assembly": lambda s: sheet(s, "head", circle=ASSEMBLY),
    "a sheet by a person's name": lambda s: sheet(s, name="writer"),
    "the same sheet twice": lambda s: (sheet(s), sheet(s))[0],
    "a sheet of an ended circle": sheet_of_an_ended_circle,
    "a statement by a sheet": sheet_speaks,
    "a sheet voided twice": voided_twice,
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_refused(peopled: Script, case: str) -> None:
    with pytest.raises(StatementRefused):
        REFUSED[case](peopled)


@pytest.mark.parametrize("case", list(REFUSED))
def test_refused_statement_changes_nothing(peopled: Script, case: str) -> None:
    """The last statement of each case, whatever was valid before it."""
    seen = peopled.directory.copy()
    apply = peopled.directory.apply

    def watched(*arguments: object) -> None:
        nonlocal seen
        seen = peopled.directory.copy()
        apply(*arguments)  # type: ignore[arg-type] # as they came

    peopled.directory.apply = watched  # type: ignore[method-assign] # for this test
    with pytest.raises(StatementRefused):
        REFUSED[case](peopled)

    del peopled.directory.apply
    assert peopled.directory == seen


def test_each_place_of_the_log_has_its_signing_key(peopled: Script) -> None:
    first = peopled.key("focal").public_bytes()
    renew(peopled, "focal")
    place = peopled.place
    removed(peopled, "writer")

    entry = peopled.directory.persons["focal"]
    assert entry.signing_key_at(place - 1) == first
    assert entry.signing_key_at(place) == peopled.key("focal").public_bytes()
    assert (entry.key_version, entry.sealing_hash) == (2, hash_of("focal anew"))


def test_circle_is_ended_by_two_and_founded_again(peopled: Script) -> None:
    dissolve(peopled)
    directory = peopled.directory
    assert directory.circles[STATE].is_dissolved
    assert directory.circles[STATE].present == frozenset()
    assert STATE not in directory.circles[ASSEMBLY].present
    assert directory.roles_of("focal") == frozenset()

    invite_founder(peopled)
    peopled.circle("i-again", STATE, 2, hash_of(f"{STATE}1"))
    peopled.admit("i-again", ASSEMBLY, STATE, key=hash_of(f"{STATE}2"))

    entry = directory.circles[STATE]
    assert (entry.present, entry.version, entry.first_version) == ({"again"}, 2, 2)
    assert STATE in directory.circles[ASSEMBLY].present
    assert not entry.is_dissolved
    assert directory.roles_of("focal") == frozenset()


def test_head_may_propose_and_an_officer_confirm(peopled: Script) -> None:
    propose(peopled, "head")
    confirm(peopled, "officer")

    assert peopled.directory.circles[STATE].is_dissolved


def test_circle_leaves_the_assembly_and_comes_back_by_a_head(peopled: Script) -> None:
    removed(peopled, STATE, "head", ASSEMBLY)
    peopled.say("head", Circle(ASSEMBLY, 2, hash_of(f"{ASSEMBLY}2"), hash_of(f"{ASSEMBLY}1"), AT))
    assert STATE not in peopled.directory.circles[ASSEMBLY].present

    peopled.say("head", Admit(ASSEMBLY, 2, STATE, hash_of(f"{STATE}1"), AT))
    assert STATE in peopled.directory.circles[ASSEMBLY].present


def test_sheet_lives_until_it_is_voided_or_the_circle_ends(peopled: Script) -> None:
    sheet(peopled, name="first")
    assert peopled.directory.circles[STATE].live_sheets == ("first",)
    removed(peopled, "first")
    sheet(peopled, name="second-sheet")
    dissolve(peopled)
    invite_founder(peopled)
    peopled.circle("i-again", STATE, 2, hash_of(f"{STATE}1"))

    assert peopled.directory.circles[STATE].live_sheets == ()
    assert peopled.directory.circles[STATE].sheets["second-sheet"].until is None
