"""Sign-in, activation, invitation, step-up and sign-out as pages, cookies and headers."""

import json
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from babel.dates import get_month_names

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.people.service import notices
from cooperation.core.ids import new_id
from cooperation.outbox.models import MailRow
from cooperation.outbox.rules import Mail
from cooperation.web.kit.languages import pseudo

MINUTE = timedelta(minutes=1)


def details(person):
    return {
        "email": person.email,
        "password": person.password,
        "totp_secret": person.totp_secret,
    }


def enter(world, visitor, person, page):
    world.clock.move(MINUTE)
    return visitor.enter_code(page, details(person), world.now.timestamp())


def set_cookies(page_send):
    return [value for name, value in page_send if name.lower() == "set-cookie"]


@pytest.fixture
def focal_point(world):
    return world.person(Role.FOCAL_POINT, "AF01")


def test_password_and_code_lead_home(world, focal_point):
    visitor = world.visitor()
    world.clock.move(MINUTE)

    page = visitor.sign_in(details(focal_point), world.now.timestamp())

    assert page.status == 200
    assert focal_point.name in page.text
    assert "pending" not in visitor.cookies


def test_sign_in_goes_on_to_the_page_that_was_asked_for(world, focal_point):
    visitor = world.visitor()
    page = visitor.get("/account/sessions")
    page = visitor.submit(
        page,
        page.form(has="password"),
        {"email": focal_point.email, "password": focal_point.password},
    )

    page = enter(world, visitor, focal_point, page)

    assert page.path == "/account/sessions"


def test_sign_in_never_leads_outside(world, focal_point):
    visitor = world.visitor()
    page = visitor.get("/sign-in?next=https://evil.example/")
    page = visitor.submit(
        page,
        page.form(has="password"),
        {
            "email": focal_point.email,
            "password": focal_point.password,
            "next": "//evil.example/",
        },
    )
    form = page.form(has="code")
    world.clock.move(MINUTE)
    code = accounts.code_at(focal_point.totp_seed, world.now)

    answer = visitor.submit(page, form, {"code": code, "next": "/\\evil.example"}, follow=False)

    assert answer.headers["location"] == "/"


def test_cookies_are_out_of_reach_of_scripts(world, focal_point):
    visitor = world.visitor()
    page = visitor.get("/sign-in")
    fields = {name: values[0] for name, values in page.form(has="password").fields.items()}
    fields |= {"email": focal_point.email, "password": focal_point.password}

    answer = visitor.post("/sign-in", fields, follow=False)

    cookie = answer.headers["set-cookie"]
    assert answer.status == 303
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


def test_wrong_password_and_unknown_name_look_the_same(world, focal_point):
    pages = []
    for email in (focal_point.email, "nobody@example.org"):
        visitor = world.visitor()
        page = visitor.get("/sign-in")
        page = visitor.submit(
            page, page.form(has="password"), {"email": email, "password": "wrong and wrong"}
        )
        pages.append((page.status, page.text))

    assert pages[0] == pages[1]
    assert pages[0][0] == 422


@pytest.mark.parametrize(
    ("cookies", "headers", "status", "said"),
    [
        ({}, {}, 400, "Your browser sent no cookie with this form"),
        ({"visit": "of-another-day"}, {}, 400, "This form is too old"),
        ({"visit": "any"}, {"Sec-Fetch-Site": "cross-site"}, 403, "sent by another site"),
    ],
)
def test_a_form_without_its_visit_is_told_why(world, cookies, headers, status, said):
    visitor = world.visitor()
    page = visitor.get("/sign-in")
    target, body, kind = visitor.request_of(page, page.form(has="password"), {"email": "a@b.org"})
    visitor.cookies = dict(cookies)

    page = visitor.send("POST", target, body, kind | headers)

    assert page.status == status
    assert said in page.text


def test_too_many_tries_are_answered_with_429(world, focal_point):
    visitor = world.visitor()
    for number in range(11):
        page = visitor.get("/sign-in")
        page = visitor.submit(
            page, page.form(has="password"), {"email": f"x{number}@x.org", "password": "wrong"}
        )

    assert page.status == 429


@pytest.mark.parametrize(
    "key", ["\u00e9\u00e9\u00e9.\u00e9", "x.y.z", "", "0" * 32 + "." + "\u0660" * 16]
)
def test_a_kept_form_with_a_key_of_nobody_costs_no_session(world, focal_point, key):
    visitor = world.visitor()
    page = visitor.get("/sign-in")
    kept = json.dumps(["/response", [["_key", key]], False])
    typed = {"email": focal_point.email, "password": focal_point.password, "_kept": kept}
    page = visitor.submit(page, page.form(has="password"), typed)

    page = enter(world, visitor, focal_point, page)

    assert page.status == 200
    assert focal_point.name in page.text


def test_second_factor_without_password_starts_again(world):
    visitor = world.visitor()

    page = visitor.get("/second-factor")

    assert page.path == "/sign-in"


def test_late_code_starts_again(world, focal_point):
    visitor = world.visitor()
    page = visitor.get("/sign-in")
    fields = {"email": focal_point.email, "password": focal_point.password}
    page = visitor.submit(page, page.form(has="password"), fields)
    world.clock.move(5 * MINUTE)

    page = enter(world, visitor, focal_point, page)

    assert urlsplit(page.path).path == "/sign-in"


def test_signing_out_ends_the_session_and_clears_the_site(world, focal_point):
    visitor = world.visitor(focal_point)
    page = visitor.get("/account/sessions")
    cookie = visitor.cookies["sid"]

    answer = visitor.submit(page, page.form(action="/sign-out"), follow=False)

    assert '"cache"' in answer.headers["clear-site-data"]
    assert "sid" not in visitor.cookies
    assert "You are signed out." in visitor.get(answer.headers["location"]).text
    with pytest.raises(accounts.SignInOver):
        accounts.reader_for_session(world.door(), cookie=cookie)


def test_signing_out_everywhere_ends_the_other_browser_too(world, focal_point):
    one, other = world.visitor(focal_point), world.visitor(focal_point)
    page = one.get("/account/sessions")

    one.submit(page, page.form(action="/account/sessions/end"))

    assert other.get("/account/sessions").path.startswith("/sign-in")


def test_one_session_is_ended_from_the_list(world, focal_point):
    one, other = world.visitor(focal_point), world.visitor(focal_point)
    page = one.get("/account/sessions")
    everywhere = "/account/sessions/end"
    ends = [form for form in page.forms if form.action.endswith("/end")]
    (end,) = [form for form in ends if not form.action.endswith(everywhere)]

    one.submit(page, end)

    assert one.get("/account/sessions").status == 200
    page = other.get("/account/sessions")
    assert page.path.startswith("/sign-in")
    assert "Your session has ended. Sign in again." in page.text


def test_step_up_gives_a_new_cookie_and_leads_back(world, focal_point):
    visitor = world.visitor(focal_point)
    before = visitor.cookies["sid"]
    page = visitor.get("/account/step-up?next=/colleagues")

    page = enter(world, visitor, focal_point, page)

    assert page.path == "/colleagues"
    assert visitor.cookies["sid"] != before


def test_invitation_asks_for_a_fresh_code_and_goes_on_by_itself(world, focal_point):
    visitor = world.visitor(focal_point)
    world.clock.move(6 * MINUTE)
    page = visitor.get("/colleagues/invite")

    page = visitor.submit(
        page,
        page.form(has="role"),
        {"name": "Jo Doe", "email": "jo@example.org", "role": "contributor"},
    )
    asked = page
    page = enter(world, visitor, focal_point, page)

    assert asked.status == 403
    assert "Code of the invitation" in page.text


def test_code_of_an_invitation_is_shown_once(world, focal_point):
    visitor = world.visitor(focal_point)
    page = visitor.get("/colleagues/invite")
    form = page.form(has="role")
    changes = {"name": "Jo Doe", "email": "jo@example.org", "role": "contributor"}

    first = visitor.submit(page, form, changes)
    second = visitor.submit(page, form, changes)

    assert "Code of the invitation" in first.text
    assert "Code of the invitation" not in second.text
    assert "Jo Doe" in visitor.get("/colleagues").text


def test_newcomer_activates_and_signs_in(world, focal_point):
    made = accounts.invite_person(
        world.context_of(focal_point),
        name="Jo Doe",
        email="jo@example.org",
        role=Role.SIGNATORY,
        organ="",
        replaces=False,
    )
    visitor = world.visitor()
    page = visitor.get(f"/activate/{made.id}?token={made.token}")

    passphrase = page.html.partition('translate="no">')[2].partition("<")[0]
    typed = {"code": made.code, "passphrase_again": f" {passphrase.capitalize()} "}
    page = visitor.submit(page, page.form(has="token"), typed)
    secret = page.html.partition('translate="no">')[2].partition("<")[0].replace(" ", "")
    assert "Step 2 of 2" in page.text
    assert 'href="otpauth://totp/' in page.html
    person = {"email": "jo@example.org", "password": passphrase, "totp_secret": secret}
    page = visitor.enter_code(page, person, world.now.timestamp())
    activated = page
    world.clock.move(MINUTE)
    page = visitor.sign_in(person, world.now.timestamp())

    assert len(passphrase.split()) == 6
    assert "Your account is active" in activated.text
    assert "Jo Doe" in page.text


def test_own_password_is_asked_for_twice(world, focal_point):
    made = accounts.invite_person(
        world.context_of(focal_point),
        name="Jo Doe",
        email="jo@example.org",
        role=Role.SIGNATORY,
        organ="",
        replaces=False,
    )
    visitor = world.visitor()
    page = visitor.get(f"/activate/{made.id}?token={made.token}")

    page = visitor.submit(
        page,
        page.form(has="token"),
        {"code": made.code, "choice": "own", "password": "one", "password_again": "other"},
    )

    assert page.status == 422
    assert "Both entries must be the same" in page.text


def test_closed_invitation_says_so(world):
    page = world.visitor().get("/activate/5f0c6d0e-7a52-4c63-9a3e-2f8f4c1f0b11?token=x")

    assert page.status == 404
    assert "cannot be used" in page.text


def test_second_page_of_an_activation_needs_its_cookie(world):
    page = world.visitor().get("/activate/5f0c6d0e-7a52-4c63-9a3e-2f8f4c1f0b11/authenticator")

    assert page.status == 409


def test_account_is_disabled_by_page(world):
    head, officer = world.person(Role.HEAD), world.person(Role.OFFICER)
    visitor, theirs = world.visitor(head), world.visitor(officer)
    page = visitor.get(f"/people/{officer.person_id}/disable")

    page = visitor.submit(page, page.form(action=f"/people/{officer.person_id}/disable"))

    assert "Disabled" in page.text
    assert theirs.get("/account/sessions").path.startswith("/sign-in")


def test_person_of_another_institution_is_not_found(world, focal_point):
    other = world.person(Role.FOCAL_POINT, "AF02")
    visitor = world.visitor(focal_point)

    known = visitor.get(f"/people/{other.person_id}/disable")
    unknown = visitor.get("/people/5f0c6d0e-7a52-4c63-9a3e-2f8f4c1f0b11/disable")

    assert known.status == unknown.status == 404


def test_signatory_by_own_hand_needs_the_declaration(world, focal_point):
    visitor = world.visitor(focal_point)
    page = visitor.get("/colleagues/signatory")
    form = page.form(has="confirmed")

    refused = visitor.submit(page, form, {"confirmed": []})
    page = visitor.get("/colleagues/signatory")
    taken = visitor.submit(page, page.form(has="confirmed"), {"confirmed": "y"})

    assert refused.status == 422
    assert "Signatory" in taken.text
    assert "Take the role of signatory" not in taken.text


def test_backup_is_confirmed_by_page(world):
    visitor = world.visitor(world.person(Role.HEAD))
    page = visitor.get("/set-up")

    page = visitor.submit(page, page.form(has="confirmed"), {"confirmed": "y"})

    assert "Everything that opening an edition asks for is there" in page.text


def test_invitation_is_withdrawn_by_page(world, focal_point):
    accounts.invite_person(
        world.context_of(focal_point),
        name="Jo Doe",
        email="jo@example.org",
        role=Role.SIGNATORY,
        organ="",
        replaces=False,
    )
    visitor = world.visitor(focal_point)
    page = visitor.get("/colleagues")

    page = visitor.submit(page, page.form(action="/withdraw"))

    assert "Jo Doe" not in page.text


def tell(world, person, page):
    """Tell a person of her password while somebody has that page open; return the mail."""
    place = world.application.test_request_context(page)
    with place, world.database.writing() as session:
        notices.tell_password_changed(
            session, world.root, world.settings, person_id=person.person_id, now=world.now
        )
    with world.database.reading() as session:
        rows = session.scalars(sa.select(MailRow).where(MailRow.purpose == "notice.password"))
        row = next(each for each in rows if each.subject_id == person.person_id)
        place = {"table": "mails", "row": row.id, "kind": "payload"}
        return Mail.from_bytes(world.root.unwrap(row.sealed_payload, **place))


def test_a_mail_is_in_its_recipients_language_not_in_the_actors(world, focal_point):
    officer, visitor = world.person(Role.OFFICER), world.visitor()
    world.clock.move(MINUTE)
    visitor.get("/sign-in?lang=ar-x-pseudo")
    visitor.sign_in(details(focal_point), world.now.timestamp())

    arabic = tell(world, focal_point, "/?lang=en")
    english = tell(world, officer, "/?lang=ar-x-pseudo")

    assert arabic.subject == pseudo("Notice from the platform on cooperation")
    assert pseudo("The password of your account was changed.") in arabic.body
    assert get_month_names("wide", locale="ar")[world.now.month] in arabic.body
    assert f"{world.settings.base_url}/account/sessions" in arabic.body
    assert english.subject == "Notice from the platform on cooperation"
    assert "The password of your account was changed." in english.body
    assert f"{world.now.day} {world.now:%B %Y, %H:%M} (UTC)" in english.body


def test_every_address_in_a_mail_is_a_page(world):
    """Services know no routes: the paths they give are held here."""
    given = re.compile(r"settings\.link\(f?\"([^\"]+)\"")
    code = Path(accounts.__file__).parents[1].rglob("*.py")
    paths = {path for each in code for path in given.findall(each.read_text())}
    pages = world.application.url_map.bind("localhost")

    assert len(paths) > 5
    for path in paths:
        assert pages.test(path.replace("{invitation_id}", new_id()), "GET"), path
