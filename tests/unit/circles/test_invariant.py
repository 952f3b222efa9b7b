"""Short random lives of an instance; longer ones belong to `make attack`."""

import pytest

from tests.fixtures.lives import live
from tests.fixtures.people import World


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_is_lost_to_members_and_nothing_opens_to_others(world: World, seed: int) -> None:
    live(world, seed, acts=16)
