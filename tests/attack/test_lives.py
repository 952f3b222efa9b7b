"""Long random lives of an instance: joining, leaving, new keys, circles founded again."""

import pytest

from tests.fixtures.lives import live
from tests.fixtures.people import World


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 130))
def test_long_life_loses_nothing_to_members_and_opens_nothing_to_others(
    world: World,
    seed: int,
) -> None:
    live(world, seed, acts=60)
