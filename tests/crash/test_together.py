"""Two to eight people save the same answers a thousand times, on both engines (reliability R5)."""

import pytest

from tests.fixtures.together import check_saves

pytestmark = pytest.mark.slow
SAVES = 1000


@pytest.mark.parametrize("savers", [2, 4])
def test_a_thousand_saves_of_few_people_lose_nothing_silently(round_, savers):
    check_saves(round_, SAVES, savers)


def test_a_thousand_saves_of_eight_people_lose_nothing_silently(round_):
    check_saves(round_, SAVES)


@pytest.mark.parametrize("savers", [8])
def test_a_thousand_saves_on_postgresql_lose_nothing_silently(round_on_postgresql, savers):
    check_saves(round_on_postgresql, SAVES, savers)
