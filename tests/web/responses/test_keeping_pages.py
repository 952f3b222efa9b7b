"""\"Nothing has changed\" as the focal point walks it: one choice, one act, without scripts."""

from cooperation.editions.rules import Answer
from tests.fixtures.responses import EDITION, part_path

OFFER = "Keep all of last year's answers"


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


def test_keep_asks_before_it_replaces_what_was_typed_and_both_ways_are_open(next_year_pages):
    focal = next_year_pages.visitor("focal")
    page = focal.get(part_path("B1"))

    page = focal.submit(page, page.form(has="then"), {"B-05": "New words", "then": "keep:B-05"})

    assert page.status == 200
    assert "Another answer was written this year" in page.text
    assert "Words on B-05" in page.text
    left = focal.submit(page, page.form(has="then"), {"then": "leave:B-05"})
    assert "Another answer was written this year" not in left.text
    assert left.form(has="then").fields["B-05"] == ["New words"]
    page = focal.get(f"{part_path('B1')}?keep=B-05")
    button = next(value for _name, value in page.form(has="then").buttons if "keep:B-05:" in value)
    done = focal.submit(page, page.form(has="then"), {"then": button})
    assert "B-05: last year's answer is kept." in done.text
    assert done.form(has="then").fields["B-05"] == ["Words on B-05"]


def test_keep_asks_again_where_a_colleague_wrote_after_the_question(next_year_pages):
    focal = next_year_pages.visitor("focal")
    page = focal.get(part_path("B1"))
    asked = focal.submit(page, page.form(has="then"), {"B-05": "New words", "then": "keep:B-05"})
    button = next(value for _name, value in asked.form(has="then").buttons if "keep:B-05:" in value)
    next_year_pages.round.save("B1", {"B-05": Answer(text="A colleague's")}, by="contributor")

    again = focal.submit(asked, asked.form(has="then"), {"then": button})

    assert "Another answer was written this year" in again.text
    assert again.form(has="then").fields["B-05"] == ["A colleague's"]


def undo(visitor, page):
    return visitor.submit(page, page.form(action="/undo"))


def test_keeping_all_of_a_part_or_everything_is_undone_from_its_message(next_year_pages):
    focal = next_year_pages.visitor("focal")
    page = focal.get(part_path("B1"))
    page = focal.submit(page, page.form(has="then"), {"then": "keep"})

    page = undo(focal, page)

    assert "answers are as they were before" in page.text
    assert page.path == part_path("B1")
    assert page.form(has="then").fields["B-05"] == [""]
    assert not [form for form in page.forms if form.action.endswith("/undo")]
    page = focal.get(part_path("A1"))
    choice = {"A-02": "nothing_has_changed", "then": "keep_all"}
    page = undo(focal, focal.submit(page, page.form(has="then"), choice))
    assert page.path == f"/response/{EDITION}/answers"
    assert "answers are as they were before" in page.text


def test_the_button_is_shown_with_one_page_only(next_year_pages):
    focal = next_year_pages.visitor("focal")
    page = focal.get(part_path("B1"))
    page = focal.submit(page, page.form(has="then"), {"then": "keep:B-05"})

    assert page.form(action="/undo").fields["made"] == ["B-05:1"]
    assert not [form for form in focal.get(page.path).forms if form.action.endswith("/undo")]


def test_what_a_colleague_wrote_before_the_button_was_pressed_is_left_and_named(next_year_pages):
    focal = next_year_pages.visitor("focal")
    page = focal.get(part_path("B1"))
    page = focal.submit(page, page.form(has="then"), {"then": "keep"})
    next_year_pages.round.save("B1", {"B-05": Answer(text="A colleague's")}, by="contributor")

    page = undo(focal, page)

    assert "Changed since, and left as it is: B-05." in page.text
    assert page.form(has="then").fields["B-05"] == ["A colleague's"]


def test_undo_refuses_what_no_page_made(next_year_pages):
    focal = next_year_pages.visitor("focal")
    page = focal.get(part_path("B1"))
    page = focal.submit(page, page.form(has="then"), {"then": "keep:B-05"})

    again = focal.submit(page, page.form(action="/undo"), {"made": "B-05:1; B-06"})

    assert again.status == 422
    assert focal.get(part_path("B1")).form(has="then").fields["B-05"] == ["Words on B-05"]
