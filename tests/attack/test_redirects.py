"""Nothing that is sent as `next` leads out of the platform (reliability 3, ASVS V3.7.2)."""

import pyotp
import pytest

from cooperation.access.rules import Role
from tests.fixtures.judgement import leads_outside
from tests.fixtures.rehearsal import CODE_STEP
from tests.fixtures.visitor import Page

pytestmark = pytest.mark.xdist_group("rehearsal")

EVIL = "evil.example"
CORPUS = (
    f"https://{EVIL}", f"http://{EVIL}", f"//{EVIL}", f"///{EVIL}", f"////{EVIL}/", f"/\\{EVIL}",
    f"\\/{EVIL}", f"\\\\{EVIL}", f"/\\/{EVIL}", f"/\t/{EVIL}", f"/\n/{EVIL}", f"/\r/{EVIL}",
    f"\t//{EVIL}", f" //{EVIL}", f"/ /{EVIL}", f"//{EVIL}@localhost:8000", f"//localhost@{EVIL}",
    f"https:{EVIL}", f"https:/{EVIL}", f"http:///{EVIL}", f"HTTPS://{EVIL}", f"hTtP:{EVIL}",
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "mailto:a@b",
    f"/%2f/{EVIL}", f"/%2F{EVIL}", f"/%5c{EVIL}", f"%2f%2f{EVIL}", f"/..//{EVIL}", f"/.//{EVIL}",
    f"/x/..//{EVIL}", f"/%09/{EVIL}", f"/%0d%0aLocation:%20https://{EVIL}", f"/\u2028/{EVIL}",
    f"/\u2029/{EVIL}", f"／／{EVIL}", f"/／{EVIL}", f"//\u3002{EVIL}", f"/\u200b/{EVIL}",
    f"\ufeff//{EVIL}", f"/\x00/{EVIL}", f"\x00//{EVIL}", f"//{EVIL}?x=/", f"//{EVIL}#/",
    f"?//{EVIL}", f"#//{EVIL}", f"@{EVIL}", f".{EVIL}", f":80//{EVIL}", f"//[::1]@{EVIL}",
    "//[", "http://[", f"//{EVIL}:80", f"/;//{EVIL}", f"/.{EVIL}", f"blob:https://{EVIL}/x",
    "a" * 5000, "", "/" * 300,
)  # fmt: skip


def check(page: Page, origin: str, wanted: str) -> None:
    """A page or a redirect inside the platform, whatever was wanted."""
    assert page.status < 500, wanted
    location = page.headers.get("location", "/")
    assert not leads_outside(location, origin), f"{wanted!r} leads to {location!r}"


def test_the_check_knows_an_outside_when_it_sees_one():
    origin = "http://localhost:8000"
    for location in (f"//{EVIL}", f"/\\{EVIL}", f"\t//{EVIL}", "javascript:x", f"https:{EVIL}"):
        assert leads_outside(location, origin), location
    for location in ("/", "/editions?next=//x", "sign-in", origin + "/x"):
        assert not leads_outside(location, origin), location


@pytest.mark.parametrize("visitor", ["focal_point", "head"])
def test_next_in_the_address_of_sign_in(rehearsal, visitor):
    person, origin = rehearsal.visitors[visitor], rehearsal.held.settings.base_url
    for wanted in CORPUS:
        for path in ("/sign-in", "/second-factor", "/account/step-up"):
            page = person.send("GET", f"{path}?next={quoted(wanted)}")
            check(page, origin, wanted)


def quoted(text: str) -> str:
    """Quote every byte, so that it arrives as it is."""
    return "".join(f"%{byte:02X}" for byte in text.encode())


def test_next_all_the_way_through_sign_in(own_rehearsal):
    """The wish travels through both pages of sign-in and is looked at again at the end."""
    rehearsal = own_rehearsal
    origin = rehearsal.held.settings.base_url
    player = rehearsal.player(Role.OFFICER)
    with rehearsal.keeping():
        for wanted in CORPUS[:12] + CORPUS[27:40]:
            rehearsal.stage.clock.move(2 * CODE_STEP)
            person = rehearsal.visitors["anonymous"]
            person.cookies.clear()
            page = person.get("/sign-in")
            typed = {"email": player.email, "password": player.password, "next": wanted}
            page = person.submit(page, page.form(has="password"), typed, follow=False)
            check(page, origin, wanted)
            if page.status == 400:
                continue  # a character that nobody types
            page = person.get(page.headers["location"])
            code = pyotp.TOTP(player.totp_secret).at(rehearsal.stage.clock.now())
            page = person.submit(
                page, page.form(has="code"), {"code": code, "next": wanted}, follow=False
            )
            assert page.status == 303
            check(page, origin, wanted)


def test_next_after_a_fresh_code(own_rehearsal):
    rehearsal = own_rehearsal
    origin = rehearsal.held.settings.base_url
    player, person = rehearsal.player(Role.HEAD), rehearsal.visitors["head"]
    with rehearsal.keeping():
        for wanted in CORPUS[:10]:
            rehearsal.stage.clock.move(2 * CODE_STEP)
            code = pyotp.TOTP(player.totp_secret).at(rehearsal.stage.clock.now())
            page = person.get("/account/step-up")
            page = person.submit(
                page, page.form(has="code"), {"code": code, "next": wanted}, follow=False
            )
            check(page, origin, wanted)
            assert page.status in {303, 400}


def test_a_kept_form_is_sent_to_the_platform_alone(rehearsal):
    origin = rehearsal.held.settings.base_url
    form = rehearsal.form_fields("anonymous")
    for wanted in CORPUS[:30]:
        kept = f'["{wanted}", [["a", "b"]], false]'
        page = rehearsal.visitors["anonymous"].post(
            "/sign-in", form | {"_kept": kept, "email": "a@example.org", "password": "x"}
        )
        check(page, origin, wanted)
        assert f'action="//{EVIL}' not in page.html
        assert f'action="https://{EVIL}' not in page.html
