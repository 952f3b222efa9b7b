"""The page on checkpoints and the line on the home page, in a real browser."""

from datetime import UTC, datetime

import pytest

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.audit import service as audit
from cooperation.vault.keys import SigningKey
from cooperation.vault.signed_notes import WITNESS_KIND, cosignature, parse_note, vkey_of
from cooperation.web.checkpoints.programs import witness_program
from cooperation.web.factory import create_app, make_server
from tests.fixtures.browser import serving

pytestmark = pytest.mark.browser

KEY = SigningKey(bytes(range(1, 33)))
WITNESS = vkey_of("court.example", KEY, WITNESS_KIND)
SILENT = vkey_of("embassy.example/witness", SigningKey(bytes(range(2, 34))), WITNESS_KIND)
AT = int(datetime(2026, 11, 22, 8, 50, tzinfo=UTC).timestamp())


@pytest.fixture
def address(world):
    """A served log with a checkpoint that one of its two witnesses has signed."""
    settings = world.settings.model_copy(
        update={"witnesses": f"{WITNESS}, {SILENT}", "pseudo_locale": True}
    )
    held = make_server(settings, database=world.database, root=world.root, clock=world.clock)
    issued = audit.issue_checkpoint(held.database, settings, held.root, held.clock)
    text = parse_note(issued.note).text
    note = f"{text}\n{cosignature(text, 'court.example', KEY, AT).line}"
    audit.accept_cosignatures(held.database, settings, note, held.clock.now())
    yield from serving(create_app(settings, held))


@pytest.fixture
def seated(world, open_page, address):
    """Open a page as a person."""

    def open_as(role, path, **wishes):
        page = open_page(**wishes)
        cookie = world.sign_in(world.person(role))
        name = accounts.session_cookie(world.settings)
        page.context.add_cookies([{"name": name, "value": cookie, "url": address}])
        page.goto(address + path)
        return page

    return open_as


def test_the_page_on_checkpoints_is_good_on_a_desk_a_phone_and_in_arabic(seated, assert_good_page):
    page = seated(Role.FOCAL_POINT, "/log/checkpoints")

    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert_good_page(page)
    assert page.get_by_role("row", name="court.example").inner_text().count("2026") == 1
    assert "never" in page.get_by_role("row", name="embassy.example").inner_text()
    assert page.get_by_text(witness_program().sha256).count() == 1
    page.goto(f"{page.url}?lang=ar-x-pseudo")
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert_good_page(page)


def test_the_home_page_leads_to_the_page_on_checkpoints_without_scripts(seated):
    page = seated(Role.AUDITOR, "/", scripts=False)

    page.get_by_role("link", name="Checkpoints of the log").click()

    assert page.get_by_role("heading", level=1).inner_text() == "Checkpoints of the log"
