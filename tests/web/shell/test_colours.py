"""No two parts of a chart share a colour, whatever the slices ask for."""

from cooperation.web.kit.colours import free_colours


def test_meanings_keep_their_colours_and_others_stay_clear_of_them():
    wanted = ["yes", "partly", "s3", "s4", "no", "none"]

    assert free_colours(wanted) == ["yes", "partly", "s4", "s5", "no", "none"]


def test_unnamed_series_are_taken_in_order():
    assert free_colours(["s1", "s2", "s2", "odd"]) == ["s1", "s2", "s3", "s4"]


def test_more_than_eight_series_repeat_rather_than_fail():
    assert len(free_colours([f"s{number}" for number in range(1, 12)])) == 11
