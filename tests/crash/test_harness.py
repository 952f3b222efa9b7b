"""The harness finds what it looks for: a check that cannot fail proves nothing."""

import pytest

from tests.fixtures.savers import Fate, Kept, Save, problems_of


def save(text: str, fate: Fate) -> Save:
    return Save("B-05", text, {}, is_autosave=False, fate=fate)


SAVES = [
    save("first", Fate.ACKNOWLEDGED),
    save("second", Fate.ACKNOWLEDGED),
    save("third", Fate.REFUSED),
    save("fourth", Fate.UNANSWERED),
]
SOUND = Kept({"B-05": ["first", "second"]}, {"B-05": 2})


def test_what_was_kept_is_found_sound():
    assert problems_of(SAVES, SOUND) == []


def test_an_acknowledgement_without_a_text_is_a_loss():
    tampered = [*SAVES, save("never written", Fate.ACKNOWLEDGED)]

    assert problems_of(tampered, SOUND) == ["lost: never written"]


@pytest.mark.parametrize(
    ("kept", "problem"),
    [
        (Kept({"B-05": ["first"]}, {"B-05": 1}), "lost: second"),
        (Kept({"B-05": ["first", "second", "second"]}, {"B-05": 3}), "doubled: second"),
        (
            Kept({"B-05": ["first", "second", "third"]}, {"B-05": 3}),
            "refused and yet there: third",
        ),
        (
            Kept({"B-05": ["first", "second"]}, {"B-05": 1}),
            "B-05: 2 versions, 1 entries of the log",
        ),
        (Kept({"B-05": ["first", "second"]}, {"B-05": 2}, "entry 7 was changed"), "log: entry 7"),
    ],
)
def test_every_fault_is_named(kept, problem):
    found = problems_of(SAVES, kept)

    assert len(found) == 1
    assert found[0].startswith(problem)
