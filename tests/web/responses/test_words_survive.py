"""Typed words survive a dead line, Back, other tabs, refusals and colleagues (a real browser)."""

import re

import pytest

from cooperation.accounts import service as accounts
from tests.fixtures.responses import saved
from tests.fixtures.typing_at import ADDRESS, cut, kept, press, save_by_itself, says

pytestmark = pytest.mark.browser

ARABIC = "تتعاون الوزارات الأربع شهريًا مع المحكمة. " * 40
CHINESE = "四个部委每月与法院会晤一次。" * 60


def test_what_is_typed_while_the_line_is_dead_is_saved_once_it_is_back(typist, colleague):
    page = typist()
    cut(page)
    page.fill("#A-07", ARABIC)
    save_by_itself(page)
    says(page, "No connection. Your text is safe in this page; trying again")
    page.fill("#A-07", ARABIC + CHINESE)
    press(page)
    says(page, "No connection")
    assert page.locator("#A-07").input_value() == ARABIC + CHINESE

    page.unroute(ADDRESS)
    page.evaluate("window.dispatchEvent(new Event('online'))")

    says(page, re.compile(r"^Saved at \d\d:\d\d UTC$"))
    assert kept(colleague) == (ARABIC + CHINESE).strip()


@pytest.mark.parametrize(("scripts", "steps_back"), [(True, 1), (False, 2)])
def test_back_brings_no_old_text_over_a_colleagues(typist, colleague, scripts, steps_back):
    page = typist(scripts=scripts)
    page.fill("#A-07", CHINESE)
    press(page)
    page.locator("[data-save-status]", has_text="Saved at").wait_for()
    saved(colleague, "A1", {"A-07": "Improved by a colleague"})
    page.goto(page.url.split("#")[0].replace("/A1", "/A2"))
    for _step in range(steps_back):
        page.go_back()
    shown = page.locator("#A-07").input_value()
    page.locator("input[name='A-05']").first.check()

    press(page)
    page.locator("[data-save-status]", has_text="Saved").wait_for()

    assert shown == "Improved by a colleague"
    assert kept(colleague) == "Improved by a colleague"


def test_unsaved_words_come_back_with_what_they_began_from(typist, colleague):
    """A reload stands for the restored and the duplicated tab: they share the tab's history."""
    page = typist()
    cut(page)
    page.fill("#A-07", CHINESE)
    page.wait_for_timeout(400)
    saved(colleague, "A1", {"A-07": "Improved by a colleague"})
    page.unroute(ADDRESS)
    page.on("dialog", lambda dialog: dialog.accept())

    page.reload()

    says(page, "Saved, except A-07: show why")
    assert page.locator("#A-07").input_value() == CHINESE
    assert kept(colleague) == "Improved by a colleague"
    page.get_by_role("link", name="show why").click()
    page.get_by_text("saved another text").wait_for()
    page.get_by_role("button", name="Put both in the field").click()
    says(page, "Saved at")
    assert kept(colleague) == f"Improved by a colleague\n\n{CHINESE}"


def test_one_refused_field_stops_nothing(typist, colleague):
    page = typist()
    page.fill("#A-07", ARABIC * 40)
    save_by_itself(page)
    says(page, "Saved, except A-07: show why")

    page.locator("input[name='A-05']").first.check()
    chosen = page.locator("input[name='A-05']").first.input_value()
    save_by_itself(page)
    page.locator("[name='A-05.version'][value^='1-']").wait_for(state="attached")
    assert kept(colleague, "A-05") == chosen
    assert page.evaluate("!window.dispatchEvent(new Event('beforeunload', {cancelable: true}))")

    page.fill("#A-07", ARABIC)
    save_by_itself(page)
    says(page, re.compile(r"^Saved at"))
    assert kept(colleague) == ARABIC.strip()
    assert page.evaluate("window.dispatchEvent(new Event('beforeunload', {cancelable: true}))")


def test_leaving_asks_where_the_page_came_back_with_what_was_not_saved(typist):
    page = typist()
    page.fill("#A-07", ARABIC * 40)
    with page.expect_event("load"):
        page.evaluate(
            "HTMLFormElement.prototype.submit.call(document.querySelector('[data-autosave]'))"
        )

    says(page, "Saved, except A-07: show why")
    assert page.evaluate("!window.dispatchEvent(new Event('beforeunload', {cancelable: true}))")


def test_save_pressed_while_a_save_is_under_way_meets_no_colleague(typist, colleague):
    page = typist()
    held = []
    page.route(ADDRESS, lambda route: route.continue_() if held else held.append(route))
    page.fill("#A-07", ARABIC)
    save_by_itself(page)
    says(page, "Saving")
    page.fill("#A-07", ARABIC + "والمزيد")
    press(page)
    held[0].continue_()

    says(page, re.compile(r"^Saved at"))
    assert kept(colleague) == ARABIC + "والمزيد"
    assert page.url.endswith("A1")


def test_a_reply_that_was_lost_makes_no_conflict_with_oneself(typist, colleague):
    page = typist()

    def lose(route):
        route.fetch()
        route.abort()

    page.route(ADDRESS, lose)
    page.fill("#A-07", ARABIC)
    save_by_itself(page)
    says(page, "No connection")
    assert kept(colleague) == ARABIC.strip()
    page.fill("#A-07", CHINESE)
    page.unroute(ADDRESS)

    press(page)

    says(page, re.compile(r"^Saved at"))
    assert kept(colleague) == CHINESE


def test_in_two_own_tabs_nothing_is_lost_and_no_colleague_is_blamed(typist, colleague):
    first = typist()
    second = first.context.new_page()
    second.goto(first.url)
    first.fill("#A-07", ARABIC)
    press(first)
    says(first, "Saved at")

    second.fill("#A-07", CHINESE)
    press(second)

    says(second, "Saved, except A-07")
    second.get_by_text("You saved another text in another tab").wait_for()
    assert second.locator("#A-07").input_value() == CHINESE
    assert kept(colleague) == ARABIC.strip()
    second.get_by_role("button", name="Keep mine").click()
    says(second, "Saved at")
    assert kept(colleague) == CHINESE


def test_after_signing_in_again_in_another_tab_the_autosave_goes_on(
    typist, colleague, answering_world
):
    page = typist()
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.fill("#A-07", CHINESE)
    save_by_itself(page)
    says(page, "Signed out: press Save and sign in; your text is kept")
    name = accounts.session_cookie(answering_world.settings)
    page.context.add_cookies([each for each in cookies if each["name"] == name])

    save_by_itself(page)

    says(page, "Saved at")
    assert kept(colleague) == CHINESE


def test_save_after_the_session_ended_leads_to_sign_in_with_the_text_kept(typist):
    page = typist()
    page.context.clear_cookies()
    page.fill("#A-07", CHINESE)

    press(page)

    page.locator("input[type=password]").wait_for()
    assert CHINESE[:100] in page.locator("[name=_kept]").first.input_value()


def test_save_keeps_the_place_and_continue_waits_for_the_acknowledgement(typist):
    page = typist()
    page.fill("#A-07", ARABIC)
    page.locator("#A-07").scroll_into_view_if_needed()
    before = page.evaluate("window.scrollY")
    press(page)
    says(page, "Saved at")
    assert page.evaluate("window.scrollY") == before
    assert page.evaluate("document.activeElement.textContent") == "Save draft"

    page.fill("#A-07", CHINESE)
    press(page, "Save and continue")

    page.wait_for_url("**/parts/A2**")
