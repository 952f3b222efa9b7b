"""Sign-in tells nobody by its time which names exist (reliability R19, ASVS 6.3.8).

What is judged is the processor's time of the refused sign-in, because a busy machine adds waiting
to each try by chance; the time on the wall is printed beside it.
"""

import random
import statistics
import time
from datetime import timedelta

import pytest

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.joining.service.closing import disable_person
from cooperation.accounts.signin.service.sign_in import SignInRefused

pytestmark = pytest.mark.slow

TRIES = 200
ALLOWED = 0.05
BEYOND_THE_LIMITS = timedelta(minutes=6)


def refused_after(door, email):
    """Return the seconds of work and on the wall that one refused sign-in took."""
    worked, started = time.thread_time(), time.perf_counter()
    with pytest.raises(SignInRefused):
        accounts.begin_sign_in(door, email=email, password="not the password of anybody here")
    return time.thread_time() - worked, time.perf_counter() - started


def compared(taken, place):
    """Return the medians by name, and how far each is from that of the known name."""
    medians = {name: statistics.median(each[place] for each in taken[name]) for name in taken}
    return medians, {name: each / medians["known"] - 1 for name, each in medians.items()}


@pytest.fixture
def strong_world(world):
    """An instance whose newcomers have passwords hashed as in production."""
    world.settings = world.settings.model_copy(update={"light_passwords": False})
    return world


def disabled_officer(world):
    """Return an officer with an account that was disabled, a known one beside her."""
    known = world.person(Role.OFFICER, number=2)
    disabled = world.person(Role.OFFICER, number=3)
    administrator = world.context_of(world.person(Role.ADMINISTRATOR))
    disable_person(administrator, disabled.person_id)
    world.commit()
    return known, disabled


def test_known_unknown_and_disabled_names_take_the_same_time(strong_world):
    world = strong_world
    known, disabled = disabled_officer(world)
    taken: dict[str, list[tuple[float, float]]] = {"known": [], "unknown": [], "disabled": []}

    chance = random.Random(20261122)  # no name is always the first after the pause

    for number in range(TRIES):
        door = world.door(address=f"192.0.2.{number % 250}")
        names = {
            "known": known.email,
            "unknown": f"nobody{number}@nowhere.example.org",
            "disabled": disabled.email,
        }
        for name in chance.sample(list(names), len(names)):
            taken[name].append(refused_after(door, names[name]))
        world.clock.move(BEYOND_THE_LIMITS)

    work, far = compared(taken, 0)
    wall, far_on_the_wall = compared(taken, 1)
    for name in taken:
        print(  # noqa: T201 - the figure for docs/security.md
            f"{name}: {work[name] * 1000:.1f} ms of work ({far[name]:+.1%}), "
            f"{wall[name] * 1000:.1f} ms on the wall ({far_on_the_wall[name]:+.1%})"
        )
    assert all(abs(each) < ALLOWED for each in far.values()), far
