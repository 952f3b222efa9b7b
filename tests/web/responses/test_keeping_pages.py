"""\"Nothing has changed\" as the focal point walks it: one choice, one act, without scripts."""

import pytest

from tests.fixtures.responses import EARLIER, EDITION, part_path

OFFER = "Keep all of last year's answers"


@pytest.fixture
def next_year_pages(office, open_pages):
    """The pages of a State that submitted last year and begins this year's response."""
    office.round.edition = EARLIER
    office.round.fill()
    office.round.submit()
    office.round.edition = EDITION
    return open_pages(office)


def test_nothing_has_changed_leads_to_one_act_that_keeps_everything(next_year_pages):
    focal = next_year_pages.visitor("focal")
    page = focal.get(part_path("A1"))
    assert OFFER not in page.text

    form = page.form(has="then")
    page = focal.submit(page, form, {"A-02": "nothing_has_changed", "then": "next"})
    assert page.path.startswith(part_path("A2"))
    assert OFFER in page.text
    form = page.form(has="then")
    page = focal.submit(page, form, {"A-09": "no", "then": "keep_all"})

    assert "answers kept" in page.text
    assert "No required answer is missing" in page.text
    assert "Check sections A and D" in page.text
    assert OFFER not in focal.get(part_path("A1")).text
    home = focal.get(f"/response/{EDITION}").text
    assert home.count("Completed") >= 8


def test_an_update_is_not_asked_whether_it_keeps_everything(next_year_pages):
    focal = next_year_pages.visitor("focal")
    page = focal.get(part_path("A1"))

    page = focal.submit(page, page.form(has="then"), {"A-02": "update", "then": "stay"})

    assert OFFER not in page.text


def test_a_save_of_what_is_typed_comes_before_the_keeping(next_year_pages):
    focal = next_year_pages.visitor("focal")
    page = focal.get(part_path("A1"))
    page = focal.submit(
        page, page.form(has="then"), {"A-02": "nothing_has_changed", "then": "stay"}
    )

    focal.submit(page, page.form(has="then"), {"A-03": "french", "then": "keep_all"})

    assert focal.get(part_path("A1")).form(has="then").fields["A-03"] == ["french"]


def test_what_is_typed_is_saved_even_where_nothing_is_left_to_keep(next_year_pages):
    focal = next_year_pages.visitor("other_focal")
    page = focal.get(part_path("A1"))

    page = focal.submit(page, page.form(has="then"), {"A-07": "Words", "then": "keep_all"})

    assert "There is no earlier answer that can be kept here." in page.text
    assert focal.get(part_path("A1")).form(has="then").fields["A-07"] == ["Words"]
