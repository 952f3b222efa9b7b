"""The kit in a real browser, on the page that shows every macro."""

import pytest

from tests.fixtures.browser import sideways_scroll, structure_problems

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LANGUAGES = ["en", "ar-x-pseudo"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_macro_is_accessible(open_page, served, assert_good_page, language):
    page = open_page()

    page.goto(f"{served}/gallery?lang={language}&problem=1")

    assert_good_page(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_scrolls_sideways_on_the_smallest_screen(open_page, served, language):
    page = open_page(320, 700)

    page.goto(f"{served}/gallery?lang={language}")

    assert sideways_scroll(page) <= 0
    assert structure_problems(page) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [320, 360])
def test_captions_and_cards_are_read_whole_on_a_phone(open_page, served, language, width):
    page = open_page(width, 640)

    page.goto(f"{served}/gallery?lang={language}")

    parts = page.locator(".table-caption, .contacts dd, .stack th[scope=row], .stack td")
    seen = [box for box in (each.bounding_box() for each in parts.all()) if box]
    assert len(seen) >= 8
    assert [box for box in seen if box["x"] < 0 or box["x"] + box["width"] > width] == []


@pytest.mark.parametrize(("width", "is_shown"), [(360, True), (1280, False)])
def test_table_that_scrolls_says_so(open_page, served, width, is_shown):
    page = open_page(width, 640)

    page.goto(f"{served}/gallery?wide=1")

    table = page.locator(".table", has=page.locator("table.matrix"))
    assert table.locator(".scroll-hint").is_visible() is is_shown


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [320, 360])
def test_save_bar_leaves_a_phone_its_page(open_page, served, language, width):
    page = open_page(width, 640)

    page.goto(f"{served}/gallery?lang={language}")

    assert page.locator(".savebar").bounding_box()["height"] <= 120


def test_page_is_mirrored_in_arabic(open_page, served):
    page = open_page()

    page.goto(f"{served}/gallery?lang=ar-x-pseudo")

    radio = page.locator("#law-0").bounding_box()
    label = page.locator("label[for=law-0]").bounding_box()
    side = page.locator(".side").bounding_box()
    sheet = page.locator("main").bounding_box()
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert radio["x"] > label["x"]
    assert side["x"] > sheet["x"]


def test_charts_start_at_the_reader_s_side(open_page, served):
    page = open_page()

    places = {}
    for language in LANGUAGES:
        page.goto(f"{served}/gallery?lang={language}")
        chart = page.locator(".chart-bars").first.bounding_box()
        bar = page.locator(".chart-bars .chart-bar").first.bounding_box()
        label = page.locator(".chart-bars .chart-label").first.bounding_box()
        places[language] = (bar["x"] - chart["x"], label["x"] - chart["x"], chart["width"])

    english_bar, english_label, _ = places["en"]
    arabic_bar, arabic_label, width = places["ar-x-pseudo"]
    assert abs(english_bar) < 2
    assert abs(english_label) < 2
    assert arabic_bar > 20
    assert arabic_label > width / 3


def test_controls_are_large_enough_to_hit(open_page, served):
    page = open_page(360, 800)
    page.goto(f"{served}/gallery")

    small = page.evaluate(
        """() => [...document.querySelectorAll("button, .button, input:not([type=hidden]), select")]
        .filter((each) => each.offsetParent)
        .map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
        .filter(([_, box]) => box.height < 24 || box.width < 24).map(([text]) => text)"""
    )

    assert small == []


def test_focus_is_never_hidden_by_the_save_bar(open_page, served):
    page = open_page(1000, 600)
    page.goto(f"{served}/gallery")

    hidden = 0
    for _ in range(60):
        page.keyboard.press("Tab")
        hidden += page.evaluate(
            """() => {
            const focused = document.activeElement;
            const bar = document.querySelector(".savebar");
            if (!focused || bar.contains(focused) || !bar) return 0;
            const box = focused.getBoundingClientRect();
            const over = bar.getBoundingClientRect();
            const inForm = bar.closest("form").contains(focused);
            return inForm && box.top >= over.top && box.bottom <= over.bottom ? 1 : 0;
            }"""
        )

    assert hidden == 0


def test_problem_summary_takes_the_focus_and_leads_to_the_first_option(open_page, served):
    page = open_page()
    page.goto(f"{served}/gallery?problem=1")

    assert page.evaluate("document.activeElement.classList.contains('summary')")
    assert page.title().startswith("Error:")
    page.locator(".summary a").first.click()

    assert page.evaluate("document.activeElement.id") == "law-0"


def test_form_is_sent_without_scripts(open_page, served):
    page = open_page(scripts=False)
    page.goto(f"{served}/gallery")

    page.get_by_role("button", name="Save and continue").click()

    assert page.url == f"{served}/gallery"
    assert page.locator("h1").inner_text() == "Witness protection and support"
    assert page.locator(".summary").count() == 1


def test_follow_up_question_is_shown_when_it_is_asked(open_page, served):
    page = open_page()
    page.goto(f"{served}/gallery")
    follow_up = page.locator("[data-question='2']")

    assert follow_up.is_visible()
    page.locator("label[for=law-2]").click()

    assert follow_up.is_hidden()


def test_rows_are_added_and_removed(open_page, served):
    page = open_page()
    page.goto(f"{served}/gallery")

    page.get_by_role("button", name="Add a contact").click()
    added = page.locator("[name='contacts-1-name']")

    assert added.get_attribute("aria-label") == "Name 2"
    assert added.evaluate("(each) => each === document.activeElement")
    page.get_by_role("button", name="Remove row 1").click()
    assert page.locator("[name='contacts-0-name']").count() == 0


def test_draft_is_saved_by_itself_and_said(open_page, served):
    page = open_page()
    page.goto(f"{served}/gallery")

    page.locator("#procedure").fill("A new text")
    page.locator("[data-save-status]", has_text="Saved at 14:32 UTC").wait_for(timeout=5000)

    assert page.locator("[name=version]").input_value() == "2"


def test_lost_connection_is_said_and_tried_again_with_the_same_key(open_page, served):
    page = open_page()
    page.goto(f"{served}/gallery")
    keys = []
    page.route(
        "**/gallery/save", lambda route: (keys.append(route.request.post_data), route.abort())[1]
    )

    page.locator("#procedure").fill("A new text")
    page.locator("[data-save-status]", has_text="No connection").wait_for(timeout=5000)
    page.wait_for_timeout(1200)
    page.unroute("**/gallery/save")
    page.locator("[data-save-status]", has_text="Saved at").wait_for(timeout=5000)

    first, second = (body.split('name="_key"')[1].split("--")[0] for body in keys[:2])
    assert first == second


def test_characters_are_counted(open_page, served):
    page = open_page()
    page.goto(f"{served}/gallery")

    page.locator("#procedure").fill("x" * 4005)

    assert page.locator("#procedure-c").inner_text() == "5 characters too many"


def test_print_leaves_out_what_paper_cannot_use(open_page, served):
    page = open_page()
    page.goto(f"{served}/gallery")

    page.emulate_media(media="print")

    assert page.locator(".side").is_hidden()
    assert page.locator(".savebar").is_hidden()
    assert page.locator("h1").is_visible()
