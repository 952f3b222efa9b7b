"""Every page that each role reaches by links: accessible, whole, and narrow enough for a phone.

A role's pages are found by following links from the home page, one page for each view (and each
part of the questionnaire). Axe looks at the first rows of a long table: the others are alike; and
where a page holds no kind of element that axe has not judged before, it is not asked again. Each
part is looked at by the first role that reaches it, and by every other role in one part only.
Three roles, whose pages are kinds that others have too, walk in `make attack` only.
"""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from cooperation.web.factory import create_app
from tests.fixtures.browser import (
    axe_problems,
    sideways_scroll,
    structure_problems,
)
from tests.fixtures.travellers import Traveller, fill_required

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages")]

ROLES = [
    ("focal_point", "AF01"),
    ("officer", None),
    ("head", None),
    ("focal_point", "WE01"),
    ("court_reader", None),
    pytest.param("contributor", "AF01", marks=pytest.mark.slow),
    pytest.param("signatory", "WE01", marks=pytest.mark.slow),
    pytest.param("co_facilitator", None, marks=pytest.mark.slow),
    ("auditor", None),
    ("administrator", None),
]
FEWEST = 3
SOME_MINUTES, LONG_AWAY = 6 * 60, 40 * 60
NO_INVITATION = "00000000-0000-4000-8000-000000000404"
PHONE = {"width": 320, "height": 800}
DESK = {"width": 1280, "height": 900}
FILES = {
    "assets.asset",
    "checkpoints.latest",
    "checkpoints.witness_program",
    "notes_verbales.annex",
    "notes_verbales.archive",
    "notes_verbales.note",
    "notes_verbales.own_annex",
    "notes_verbales.own_note",
    "publication.export",
    "publication.proofs",
    "publication.readers_table",
    "responses.printed",
    "responses.receipt",
    "responses.verify_receipt",
}
OF_EACH_EDITION = {"publication.own", "publication.states", "responses.overview"}

_SHORTEN = """
() => {
  const cut = (list, most) => [...list].slice(most).forEach((each) => each.remove());
  [...document.querySelectorAll("tbody")].forEach((body, n) => cut(body.children, n < 3 ? 8 : 2));
  for (const list of document.querySelectorAll("main ul")) cut(list.children, 16);
  for (const box of document.querySelectorAll(".choices")) cut(box.children, 8);
  cut(document.querySelectorAll("main > section"), 12);
  for (const row of document.querySelectorAll("select")) cut(row.children, 8);
}
"""
_KINDS = """
() => {
  const name = (box) => [box.localName, box.className.baseVal ?? box.className, box.type ?? "",
    ...box.getAttributeNames().filter((each) => /^(aria-|role|dir|lang|tabindex)/.test(each))]
    .join(" ");
  const kinds = new Set();
  for (const box of document.body.querySelectorAll("*")) {
    let chain = "";
    for (let at = box, left = 3; at && left; at = at.parentElement, left -= 1) {
      chain += `${name(at)} < `;
    }
    kinds.add(chain);
  }
  return [...kinds];
}
"""
_judged: set[str] = set()
_parts: set[str] = set()


@pytest.fixture(scope="module")
def pages_server(small_instance, tmp_path_factory, serve_module):
    return serve_module(small_instance.copy_to(tmp_path_factory.mktemp("pages") / "instance"))


@pytest.fixture
def seat(pages_server, open_page):
    """Sit down as a person of the small instance, signed in."""

    def sit(role, state, **wishes):
        known = pages_server.instance.person(role, state)
        person = Traveller(
            pages_server,
            open_page(**wishes),
            known["name"],
            known["email"],
            known["password"],
            known["totp_secret"],
        )
        person.server.move_clock(31)
        person.go("/")
        return person

    return sit


@pytest.fixture(scope="module")
def addresses(pages_server):
    """Tell which view a path belongs to."""
    application = create_app(pages_server.instance.settings())
    return application.url_map.bind("localhost")


@pytest.fixture(scope="module")
def years(pages_server):
    """Last year's edition and this year's."""
    return [edition["id"] for edition in pages_server.instance.editions]


def view_of(addresses, path):
    endpoint, values = addresses.match(path)
    variant = values.get("part_code", "") if endpoint == "responses.part" else ""
    if endpoint in OF_EACH_EDITION:
        variant = values["edition_id"]
    return endpoint, variant


def is_new(view, seen):
    """Tell whether a view is still to be looked at; of the parts, one that nobody has seen."""
    endpoint, variant = view
    if view in seen or endpoint in FILES:
        return False
    if endpoint != "responses.part":
        return True
    return variant not in _parts or all(each != endpoint for each, _ in seen)


def links_of(page: Page):
    """Return the paths that the page links to, without query and fragment."""
    return page.eval_on_selector_all(
        "a[href]",
        "(links) => links.filter((link) => link.origin === location.origin)"
        ".map((link) => link.pathname)",
    )


def problems_of(page: Page):
    """Return everything that is wrong with a page, on a desk and on a phone."""
    found = structure_problems(page)
    page.set_viewport_size(PHONE)
    if sideways_scroll(page) > 0:
        found.append(f"scrolls sideways by {sideways_scroll(page)} px")
    page.set_viewport_size(DESK)
    page.evaluate(_SHORTEN)
    kinds = set(page.evaluate(_KINDS))
    if not kinds <= _judged:
        found += axe_problems(page)
        _judged.update(kinds)
    return found


@pytest.mark.parametrize(("role", "state"), ROLES)
def test_every_page_of_the_role_is_accessible_and_narrow(role, state, seat, addresses):
    person = seat(role, state)
    waiting, seen, wrong = ["/"], {("home.home", "")}, {}

    while waiting:
        path = waiting.pop(0)
        person.go(path)
        arrived = view_of(addresses, urlsplit(person.page.url).path)
        if arrived != view_of(addresses, path) and arrived in seen:
            continue
        seen.add(arrived)
        for link in links_of(person.page):
            view = view_of(addresses, link)
            if is_new(view, seen):
                seen.add(view)
                waiting.append(link)
                if view[0] == "responses.part":
                    _parts.add(view[1])
        if found := problems_of(person.page):
            wrong[path] = found

    assert wrong == {}
    assert len(seen) >= FEWEST


def test_a_visitor_without_an_account_meets_accessible_pages(pages_server, open_page, addresses):
    page = open_page()
    for path in ("/sign-in", "/second-factor", "/nowhere", "/activate/" + NO_INVITATION):
        page.goto(pages_server.base_url + path)
        assert problems_of(page) == [], path


def test_pages_that_follow_an_act_are_accessible(seat, pages_server, open_page):
    focal = seat("focal_point", "AF01")
    newcomer = Traveller(pages_server, open_page(), "New Colleague", "new.colleague@example.org")
    focal.go("/colleagues/invite")
    focal.page.get_by_label("Name", exact=True).fill(newcomer.name)
    focal.page.get_by_label("E-mail address").fill(newcomer.email)
    pages_server.move_clock(LONG_AWAY)
    focal.arrive_by(focal.button("Invite"))
    assert_good(focal, "Sign in")
    focal.sign_in()
    assert_good(focal, "Nothing typed was lost")
    focal.press("Send it now")
    assert_good(focal, "Give this code to your colleague")
    code = focal.page.locator(".secret dd").inner_text()
    focal.go("/colleagues/signatory")
    focal.page.locator("main [type=checkbox]").check()
    pages_server.move_clock(SOME_MINUTES)
    focal.arrive_by(focal.page.locator("main form button").first)
    assert_good(focal, "Confirm with a fresh code")

    newcomer.page.goto(newcomer.mailed_link())
    assert_good(newcomer, "Activate your account")
    newcomer.page.get_by_label("Code of your invitation").fill(code)
    words = newcomer.page.locator(".secret dd").inner_text()
    newcomer.page.get_by_label("Type the passphrase").fill(words)
    newcomer.press("Continue")
    assert_good(newcomer, "Set up your authenticator")


def test_without_scripts_a_part_is_filled_and_saved(seat, years):
    contributor = seat("contributor", "AF01", scripts=False)
    contributor.go(f"/response/{years[1]}/parts/B5")
    fill_required(contributor.page)
    contributor.page.fill("#B-29", "Typed without scripts")

    contributor.press("Save draft")

    assert "Draft saved." in contributor.text
    assert contributor.page.locator("#B-29").input_value() == "Typed without scripts"


def test_from_right_to_left_the_pages_are_mirrored_and_accessible(seat, years):
    person = seat("focal_point", "AF01")
    person.go("/?lang=ar-x-pseudo")
    part = f"/response/{years[1]}/parts/B2"
    for path in ("/", part, f"/published/{years[1]}", f"/our-answers/{years[0]}"):
        person.go(path)
        page = person.page
        assert page.evaluate("document.documentElement.dir") == "rtl"
        side, sheet = page.locator(".side").bounding_box(), page.locator("main").bounding_box()
        assert side["x"] > sheet["x"] + sheet["width"] - 1
        assert problems_of(page) == [], path

    person.go(part)
    choice = person.page.locator("main .choice").first
    label, control = choice.locator("label").bounding_box(), choice.locator("input").bounding_box()
    assert control["x"] > label["x"]


def assert_good(person, heading):
    assert person.heading == heading
    assert problems_of(person.page) == [], heading
