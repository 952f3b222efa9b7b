"""What States and Secretariat do all year, killed at each step (reliability R2).

After each kill a process started anew must find the log sound and each record open to whom it is
for; of an act that was not committed nothing is there, and done again it has exactly the effect of
an undisturbed performance. Some points here, all of them in `make crash`.
"""

from collections.abc import Callable

import pytest

from tests.fixtures.census import effect
from tests.fixtures.crashes import Theatre, open_theatre
from tests.fixtures.instance import Instance
from tests.fixtures.office_acts import ACTS, OfficeAct

COMMITTED = "transaction.committed"
FEW = {"saving": "saving.versions_kept", "upload": "file.chunks_written"}
MIDDLES = [(name, each.points[len(each.points) // 2]) for name, each in ACTS.items()]
ALL = [(name, point) for name, each in ACTS.items() for point in each.points]

Prepared = Callable[[str], Theatre]
Whole = Callable[[str], dict[str, int]]


@pytest.fixture(scope="module")
def prepared(small_instance: Instance, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Return a theatre in which everything before an act is done; it is copied, never changed."""
    made: dict[str, Theatre] = {}

    def prepare(name: str) -> Theatre:
        if name not in made:
            folder = tmp_path_factory.mktemp("prepared") / "instance"
            made[name] = open_theatre(small_instance.copy_to(folder))
            ACTS[name].prepare(made[name])
        return made[name]

    return prepare


@pytest.fixture(scope="module")
def whole(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """Return the effect of an undisturbed performance."""
    known: dict[str, dict[str, int]] = {}

    def perform(name: str) -> dict[str, int]:
        if name not in known:
            theatre = prepared(name).copy_to(tmp_path_factory.mktemp("undisturbed") / "instance")
            before = theatre.census()
            theatre.apart(ACTS[name].work)
            known[name] = effect(before, theatre.census())
        return known[name]

    return perform


def kill_and_do_again(theatre: Theatre, act: OfficeAct, point: str, whole: dict[str, int]) -> None:
    before = theatre.census()
    assert theatre.apart(act.work, point), f"never comes to {point}"
    found = effect(before, theatre.census())
    assert theatre.wrongs() == []
    if not act.in_steps:
        assert found == (whole if point == COMMITTED else {})
    if found != whole:
        theatre.apart(act.work)
        assert what_counts(act, effect(before, theatre.census())) == what_counts(act, whole)
        assert theatre.wrongs() == []


def what_counts(act: OfficeAct, found: dict[str, int]) -> dict[str, int]:
    """Return an effect; who goes on after a death writes more versions of the rows on the way."""
    return {
        name: number
        for name, number in found.items()
        if not (act.in_steps and name.startswith("versions of "))
    }


def entries_in(whole: dict[str, int]) -> dict[str, int]:
    return {
        name.removeprefix("entry "): number
        for name, number in whole.items()
        if name.startswith("entry ")
    }


@pytest.mark.parametrize(("name", "point"), FEW.items())
def test_an_act_killed_half_way_leaves_nothing_and_succeeds_again(
    prepared, whole, tmp_path, name, point
):
    theatre = prepared(name).copy_to(tmp_path / "instance")

    kill_and_do_again(theatre, ACTS[name], point, whole(name))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "point"), ALL)
def test_an_act_killed_at_any_step_leaves_nothing_and_succeeds_again(
    prepared, whole, tmp_path, name, point
):
    theatre = prepared(name).copy_to(tmp_path / "instance")

    kill_and_do_again(theatre, ACTS[name], point, whole(name))


@pytest.mark.slow
@pytest.mark.parametrize("name", ACTS)
def test_one_performance_is_one_act_in_the_log(whole, name):
    assert entries_in(whole(name)) == ACTS[name].entries


@pytest.mark.slow
@pytest.mark.parametrize(("name", "point"), MIDDLES)
def test_an_act_killed_on_postgresql_leaves_nothing_and_succeeds_again(
    bound_theatre, whole, name, point
):
    ACTS[name].prepare(bound_theatre)

    kill_and_do_again(bound_theatre, ACTS[name], point, whole(name))
