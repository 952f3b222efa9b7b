"""The State's pages in a real browser: accessible, narrow, with scripts and right to left."""

import pytest

from cooperation.access.rules import Role
from tests.fixtures.browser import sideways_scroll
from tests.fixtures.responses import HOME, part_path, saved

pytestmark = pytest.mark.browser


@pytest.fixture
def filled(answering_world, answer_everything):
    """A response with everything required answered, and some follow-ups."""
    visitor = answering_world.visitor(answering_world.person(Role.FOCAL_POINT, "AF01"))
    answer_everything()
    saved(visitor, "B2", {"B-08.1.title": "Act 7 of 2004"})
    return visitor


PAGES = [
    HOME,
    part_path("A1"),
    part_path("A2"),
    part_path("B2"),
    part_path("B5"),
    part_path("C2"),
    part_path("D1"),
    f"{HOME}/answers",
    f"{HOME}/sign",
    f"{HOME}/files/D-06",
]


def test_the_pages_are_accessible_on_wide_and_narrow_screens(filled, seated, assert_good_page):
    page = seated(Role.FOCAL_POINT, PAGES[0])
    base = page.url.removesuffix(HOME)

    for path in PAGES:
        page.goto(base + path)
        assert_good_page(page)
        page.set_viewport_size({"width": 320, "height": 800})
        assert sideways_scroll(page) <= 0, path
        page.set_viewport_size({"width": 1280, "height": 900})


def test_refused_values_and_conflicts_are_accessible(filled, seated, assert_good_page):
    page = seated(Role.FOCAL_POINT, part_path("B1"))
    page.fill("#B-06", "soon")
    page.get_by_role("button", name="Save draft", exact=True).click()
    page.locator("[data-question='B-06'] [data-trouble] .error").wait_for()
    assert_good_page(page)
    page.reload()
    page.locator(".notice-warn").wait_for()
    assert_good_page(page)
    assert page.locator("#B-06").input_value() == "soon"

    page.goto(page.url.replace("B1", "A1"))
    saved(filled, "A1", {"A-06": "yes", "A-07": "Text of a colleague"})
    page.fill("#A-07", "My text")
    page.get_by_role("button", name="Save draft", exact=True).click()
    page.locator("#A-07-conflict").wait_for()
    assert_good_page(page)
    assert page.locator("#A-07").input_value() == "My text"


def test_follow_ups_show_when_they_apply(seated):
    page = seated(Role.FOCAL_POINT, part_path("A1"))
    assert page.locator("#A-07").is_hidden()

    page.get_by_role("group", name="working group").get_by_label("Yes", exact=True).check()

    assert page.locator("#A-07").is_visible()


def test_without_scripts_all_follow_ups_show(seated):
    page = seated(Role.FOCAL_POINT, part_path("A1"), scripts=False)

    assert page.locator("#A-07").is_visible()
    assert page.get_by_text("Only if the answer to A-06").is_visible()


def test_rows_are_added_and_removed_by_script_and_nothing_typed_falls_out(seated):
    page = seated(Role.FOCAL_POINT, part_path("A2"))
    cards = page.locator("[data-rows='A-08'] [data-row]")
    first = cards.count()
    add = page.locator("[data-rows='A-08'] [data-rows-add]")
    add.click()
    assert cards.count() == first + 1
    cards.last.locator("input").nth(1).fill("Last")
    cards.first.locator("[data-rows-remove]").click()

    page.get_by_role("button", name="Save draft", exact=True).click()

    page.locator("[data-save-status]", has_text="Saved at").wait_for()
    page.reload()
    assert page.locator("[name='A-08.1.name']").input_value() == "Last"


def test_what_is_typed_is_saved_by_itself(seated):
    page = seated(Role.FOCAL_POINT, part_path("B1"))
    page.fill("#B-05", "A path that is saved by itself")

    page.evaluate(
        "Object.defineProperty(document, 'hidden', {value: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )

    page.get_by_text("Saved at").wait_for()
    assert page.locator("[name='B-05.version']").input_value().startswith("1-")


@pytest.mark.parametrize(
    "name", ["loi été.pdf", "Loi – 2024.pdf", "قانون التعاون.pdf", "合作法.pdf"]
)
def test_the_browser_saves_a_file_under_its_whole_name(answering_world, seated, name):
    visitor = answering_world.visitor(answering_world.person(Role.FOCAL_POINT, "AF01"))
    page = visitor.get(f"{HOME}/files/D-06")
    visitor.submit(page, page.form(action="files/D-06"), {"file": (name, b"%PDF-1.7 text %%EOF")})
    page = seated(Role.FOCAL_POINT, f"{HOME}/files/D-06")

    with page.expect_download() as download:
        page.get_by_role("link", name=name).click()

    assert download.value.suggested_filename == name


def test_keep_asks_beside_the_question_before_it_replaces_what_was_typed(
    next_year_page, assert_good_page
):
    page = next_year_page
    page.fill("#B-05", "Words of this year")
    question = page.locator("[data-question='B-05']")
    question.get_by_text("Answer of 2025 to B-05").click()

    question.get_by_role("button", name="Keep this answer").click()

    asked = page.locator("#B-05-keep")
    asked.wait_for()
    assert_good_page(page)
    page.set_viewport_size({"width": 320, "height": 800})
    assert sideways_scroll(page) <= 0
    assert "Words of this year" in asked.inner_text()
    asked.get_by_role("button", name="Replace it with the answer of 2025").click()
    page.locator(".flash").wait_for()
    assert page.locator("#B-05").input_value() == "Words on B-05"
    assert sideways_scroll(page) <= 0
    assert page.get_by_role("button", name="Undo").is_visible()
    assert_good_page(page)
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Undone: 1 answer is as it was before.").wait_for()
    assert page.locator("#B-05").input_value() == "Words of this year"
