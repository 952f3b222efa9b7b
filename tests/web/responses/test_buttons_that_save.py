"""The buttons of a part never die, never lose a word and say what does not count (a browser)."""

import re
import time
from datetime import timedelta

import pyotp
import pytest

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from tests.fixtures.responses import part_path, saved
from tests.fixtures.typing_at import kept, on_post, press, save_by_itself, says

pytestmark = pytest.mark.browser

ARABIC = "تجيب السلطة المركزية في غضون عشرة أيام."
CHINESE = "中央机关在十天内答复。"
ASKS_BEFORE_LEAVING = "!window.dispatchEvent(new Event('beforeunload', {cancelable: true}))"


@pytest.fixture
def held(typist):
    """The first part in a browser whose posts of whole pages are held back, and those posts."""
    page = typist()
    posts = []

    def decide(route):
        if route.request.headers.get("x-requested-with") == "autosave":
            route.continue_()
        else:
            posts.append(route)

    on_post(page, decide)
    return page, posts


def wait_for(page, posts, number=1):
    for _tries in range(50):
        if len(posts) >= number:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{len(posts)} posts")


PRESS_AGAIN = """
const waiting = window.setInterval(() => {
  if (!document.querySelector("[data-passed]")) return;
  window.clearInterval(waiting);
  document.querySelector("[name=then][value=next]").click();
}, 1); 0
"""


def test_a_second_press_while_the_next_page_is_on_its_way_changes_nothing(typist):
    page = typist()
    page.fill("#A-07", ARABIC)
    sent = []
    page.on("request", lambda request: sent.append(request.method))
    page.route("**/*", lambda route: (time.sleep(0.2), route.continue_()))
    page.evaluate(PRESS_AGAIN)

    press(page, "Save and continue")

    page.wait_for_url("**/parts/A2**")
    assert sent.count("POST") == 2


def test_after_a_press_that_led_nowhere_the_page_saves_what_is_typed_on(typist, colleague):
    page = typist()
    posts = []

    def decide(route):
        if route.request.headers.get("x-requested-with") == "autosave":
            route.continue_()
            return
        posts.append(route.request.post_data)
        route.fulfill(status=204)

    on_post(page, decide)
    press(page, "Save and continue")
    wait_for(page, posts)

    page.fill("#A-07", CHINESE)

    assert page.evaluate(ASKS_BEFORE_LEAVING)
    save_by_itself(page)
    says(page, "Saved at")
    assert kept(colleague) == CHINESE
    press(page, "Save and continue")
    wait_for(page, posts, 2)
    assert posts[-1].count('name="then"') + posts[-1].count("then=") == 1


def test_nothing_is_typed_into_a_question_while_its_choice_is_on_the_way(held, colleague):
    page, posts = held
    page.fill("#A-07", ARABIC)
    saved(colleague, "A1", {"A-07": "Improved by a colleague"})
    press(page)
    wait_for(page, posts)
    posts.pop().continue_()
    page.get_by_role("button", name="Put both in the field").click()
    wait_for(page, posts)
    says(page, "Saving your choice. A-07 can be edited again in a moment")

    page.evaluate("document.getElementById('A-07').focus()")
    page.keyboard.type("lost")
    posts.pop().abort()
    says(page, "No connection")
    page.locator("#A-07").press_sequentially("!")

    assert page.locator("#A-07").input_value().count("lost") == 0
    assert "!" in page.locator("#A-07").input_value()


def test_what_does_not_count_is_shown_once_and_stops_no_other_button(typist, assert_good_page):
    page = typist("B1")
    page.fill("#B-06", "soon")
    save_by_itself(page)
    says(page, re.compile(r"^Saved at \d\d:\d\d UTC · 1 entry does not count yet: show why$"))
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")

    press(page, "Save and continue")

    told = page.locator("[data-question='B-06'] [data-trouble]")
    told.get_by_text("Enter a number in digits").wait_for()
    assert told.evaluate("box => box === document.activeElement")
    assert page.locator("#B-06").evaluate(
        "field => field.getBoundingClientRect().top < window.innerHeight"
    )
    assert_good_page(page)
    press(page, "Save and continue")
    page.wait_for_url("**/parts/B2**")


def test_files_can_be_added_beside_what_does_not_count(typist):
    page = typist("B2")
    page.locator("[name='B-07'][value=yes_in_full]").check()
    page.fill("[name='B-08.1.title']", "Act 7 of 2004")
    page.fill("[name='B-08.1.date']", "15 March")

    page.get_by_role("button", name="Save and add or remove files").click()

    page.wait_for_url("**/files/**")


def test_half_a_day_is_found_again_with_what_is_wrong_with_it(typist):
    page = typist("B4")
    page.locator("[name='B-24'][value=signed]").check()
    page.fill("#B-25", "15 March")
    save_by_itself(page)
    says(page, "1 entry does not count yet")
    page.get_by_role("link", name="Response of 2026").click()
    page.goto(page.url.split("/response")[0] + part_path("B4"))

    assert page.locator("#B-25").input_value() == "15 March"
    page.locator("#B-25-e", has_text="Enter a day such as 15 March 2026").wait_for()
    says(page, "1 entry does not count yet: show why")

    page.fill("#B-25", "15 March 2026")
    save_by_itself(page)
    says(page, re.compile(r"^Saved at \d\d:\d\d UTC$"))
    assert page.locator("[data-question='B-25'] .error:visible").count() == 0


def test_words_that_the_browser_cannot_keep_are_saved_all_the_same(typist, colleague):
    page = typist()
    page.fill("#A-07", CHINESE)
    page.wait_for_timeout(400)
    page.evaluate(
        "History.prototype.replaceState = () => { throw new DOMException('', 'SecurityError') }; 0"
    )
    page.fill("#A-07", ARABIC)

    press(page)

    says(page, re.compile(r"^Saved at"))
    page.fill("#A-07", CHINESE)
    press(page)
    says(page, re.compile(r"^Saved at"))
    assert kept(colleague) == CHINESE


def test_a_text_typed_while_signed_out_in_another_tab_is_saved_after_signing_in(
    typist, colleague, answering_world
):
    page = typist()
    page.fill("#A-07", ARABIC + "\n" + CHINESE)
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("button", name="Sign out").click()
    other.get_by_text("You are signed out").wait_for()
    press(page)
    page.get_by_text("what you typed is kept").wait_for()

    sign_in(page, answering_world)
    page.get_by_role("button", name="Send it now").click()

    page.wait_for_url("**/parts/A1**")
    assert page.locator("#A-07").input_value() == ARABIC + "\n" + CHINESE
    assert kept(colleague) == ARABIC + "\n" + CHINESE


def sign_in(page, world):
    person = world.person(Role.FOCAL_POINT, "AF01")
    world.clock.move(timedelta(minutes=1))
    page.fill("[name=email]", person.email)
    page.fill("[name=password]", person.password)
    press(page, "Continue")
    page.fill("[name=code]", pyotp.TOTP(person.totp_secret).at(int(world.now.timestamp())))
    page.locator("[name=code]").press("Enter")


def test_signing_out_takes_unsaved_words_out_of_the_tab(typist, answering_world):
    page = typist()
    page.on("dialog", lambda dialog: dialog.accept())
    cookies = page.context.cookies()
    on_post(page, lambda route: route.abort())
    page.fill("#A-07", ARABIC)
    page.wait_for_timeout(400)
    held = page.evaluate("JSON.stringify(history.state)")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_text("You are signed out").wait_for()

    name = accounts.session_cookie(answering_world.settings)
    again = answering_world.sign_in(answering_world.person(Role.FOCAL_POINT, "AF01"))
    hers = [each | {"value": again} for each in cookies if each["name"] == name]
    page.context.add_cookies(hers)
    page.go_back()

    assert ARABIC in held
    assert page.locator("#A-07").input_value() == "First words"
