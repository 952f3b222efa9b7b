"""Pages of leaving, coming back, passwords, recovery sheets and lost institutions."""

from datetime import timedelta

import pytest

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.joining.service.leaving import let_go
from cooperation.accounts.models import PersonRow
from cooperation.circles import service as circles
from cooperation.circles.rules import BundleKind
from tests.fixtures.responses import open_editions

MINUTE = timedelta(minutes=1)
NEW = "granite lantern orbit walnut meadow"
TWICE = {"password": NEW, "password_again": NEW}
SECRET = 'translate="no">'


@pytest.fixture
def focal_point(world):
    return world.person(Role.FOCAL_POINT, "AF01")


@pytest.fixture
def writer(world):
    return world.person(Role.CONTRIBUTOR, "AF01")


def shown_once(page):
    return page.html.partition(SECRET)[2].partition("<")[0]


def leave_unused(world, person):
    row = world.session.get(PersonRow, person.person_id)
    row.last_sign_in_at = world.now - timedelta(days=500)
    world.commit()


def press(visitor, page, action, **fields):
    return visitor.submit(page, page.form(action=action), fields)


def test_page_of_a_colleague_leads_to_what_can_be_done(world, focal_point, writer):
    page = world.visitor(focal_point).get(f"/people/{writer.person_id}")

    for end in ("disable", "replace", "invite-anew"):
        assert f"/people/{writer.person_id}/{end}" in page.links


def test_own_page_offers_nothing_to_press(world, focal_point):
    page = world.visitor(focal_point).get(f"/people/{focal_point.person_id}")

    assert "your own account" in page.text
    assert f"/people/{focal_point.person_id}/disable" not in page.links


def test_new_keys_are_made_from_the_home_page(world, focal_point, writer):
    let_go(world.context_of(world.person(Role.ADMINISTRATOR)), writer.person_id)
    visitor = world.visitor(focal_point)
    page = visitor.get("/")
    due = page.text

    page = press(visitor, page, "/colleagues/new-keys")

    assert "New keys are due" in due
    assert writer.name in due
    assert "New keys are made" in page.text
    assert "New keys are due" not in visitor.get("/").text


def test_signatory_sees_that_keys_are_due_and_no_button(world, focal_point, writer):
    let_go(world.context_of(world.person(Role.ADMINISTRATOR)), writer.person_id)

    page = world.visitor(world.person(Role.SIGNATORY, "AF01")).get("/")

    assert "New keys are due" in page.text
    assert focal_point.name in page.text
    assert not [form for form in page.forms if "new-keys" in form.action]


def test_successor_is_invited_in_one_act(world, focal_point, writer):
    visitor = world.visitor(focal_point)
    page = visitor.get(f"/people/{writer.person_id}/replace")

    page = press(visitor, page, "/replace", name="Next Hand", email="next@example.org")

    assert len(shown_once(page).replace("-", "")) == 20
    listed = visitor.get("/colleagues").text
    assert "Next Hand" in listed
    assert "Disabled" in listed


def test_successor_without_an_address_comes_back_with_the_error(world, focal_point, writer):
    visitor = world.visitor(focal_point)
    page = visitor.get(f"/people/{writer.person_id}/replace")

    page = press(visitor, page, "/replace", name="Next Hand", email="")

    assert page.status == 422
    assert "Enter the person" in page.text


def test_colleague_without_password_is_invited_anew(world, focal_point, writer):
    visitor = world.visitor(focal_point)
    page = visitor.get(f"/people/{writer.person_id}/invite-anew")

    page = press(visitor, page, "/invite-anew")

    assert len(shown_once(page).replace("-", "")) == 20
    assert writer.email in page.text


def test_old_invitation_page_says_when_nobody_can_be_invited_anew(world, focal_point):
    page = world.visitor(focal_point).get(f"/people/{focal_point.person_id}/invite-anew")

    assert "cannot invite this person anew" in page.text


def test_help_is_reached_from_sign_in_and_asks_for_nothing(world):
    visitor = world.visitor()

    assert "/sign-in/help" in visitor.get("/sign-in").links
    page = visitor.get("/sign-in/help")

    assert page.status == 200
    assert not [
        form for form in page.forms if form.method == "post" and form.names - {"csrf_token"}
    ]


def test_password_is_changed_and_the_page_goes_on_signed_in(world, writer):
    visitor = world.visitor(writer)
    page = visitor.get("/account/password")

    page = press(
        visitor,
        page,
        "/account/password",
        old=writer.password,
        choice="own",
        password=NEW,
        password_again=NEW,
    )

    assert page.path == "/account/sessions"
    assert "Your password was changed" in page.text


def test_passphrase_of_the_platform_counts_once_it_was_typed_as_shown(world, writer):
    visitor = world.visitor(writer)
    page = visitor.get("/account/password")
    shown = shown_once(page)
    chosen = {"old": writer.password, "choice": "passphrase"}

    page = press(visitor, page, "/account/password", **chosen, passphrase_again="six other words")
    refused = page
    page = press(visitor, page, "/account/password", **chosen, passphrase_again=shown)

    assert refused.status == 422
    assert "Type the six words as they are shown" in refused.text
    assert shown_once(refused) == shown
    assert "Your password was changed" in page.text
    assert shown not in page.html
    assert len(shown.split()) == 6
    writer.password = shown
    assert world.sign_in(writer)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"old": "", "choice": "passphrase"}, "Enter your present password"),
        ({"old": "wrong and wrong", "choice": "own", **TWICE}, "not your present password"),
        ({"old": "x", "choice": "own", "password": "short", "password_again": "short"}, "at least"),
        ({"old": "x", "choice": "own", "password": NEW, "password_again": "x"}, "be the same"),
        ({"old": "x", "choice": "own", "password": NEW}, "be the same"),
        ({"old": "x", "choice": "own"}, "Enter the password that you choose"),
    ],
)
def test_refused_password_says_why(world, writer, fields, said):
    visitor = world.visitor(writer)
    page = visitor.get("/account/password")

    page = press(visitor, page, "/account/password", **fields)

    assert page.status == 422
    assert said in page.text


def test_account_unused_for_long_meets_a_page_that_says_whom_to_ask(world, writer):
    leave_unused(world, writer)
    visitor = world.visitor()
    page = visitor.get("/sign-in")

    page = visitor.submit(
        page,
        page.form(has="password"),
        {"email": writer.email, "password": writer.password},
    )

    assert page.status == 403
    assert "A colleague must confirm you first" in page.text


def test_colleague_confirms_with_one_button(world, focal_point, writer):
    leave_unused(world, writer)
    visitor = world.visitor(focal_point)
    page = visitor.get(f"/people/{writer.person_id}")

    page = press(visitor, page, "/confirm")

    assert "Confirmed" in page.text
    assert "Blocked" not in visitor.get("/colleagues").text


def test_two_of_the_secretariat_confirm_on_the_states_page(world, focal_point):
    other = world.person(Role.FOCAL_POINT, "AF02")
    leave_unused(world, other)
    officer, head = (
        world.visitor(world.person(Role.OFFICER)),
        world.visitor(world.person(Role.HEAD)),
    )
    page = officer.get("/institutions/AF02")

    page = press(officer, page, "/vouch", note="Note verbale 3")
    assert not [form for form in page.forms if form.action.endswith("/vouch/second")]
    page = head.get("/institutions/AF02")
    assert "Note verbale 3" in page.text
    page = press(head, page, "/vouch/second")

    assert "Confirmed" in page.text


def test_lost_state_from_the_proposal_to_what_is_given_back(world):
    other = world.person(Role.FOCAL_POINT, "AF02")
    for kind, edition in (
        (BundleKind.SUBMITTED_STATES, "2025"),
        (BundleKind.DRAFT, "2026"),
    ):
        circles.create_bundle(world.context_of(other), kind=kind, edition=edition, state="AF02")
    officer, head = (
        world.visitor(world.person(Role.OFFICER)),
        world.visitor(world.person(Role.HEAD)),
    )
    world.commit()
    open_editions(world.session, prepared_by=world.person(Role.OFFICER).person_id)
    world.commit()
    page = officer.get("/institutions/AF02/close")
    before = page.text
    page = press(officer, page, "/close", note="Note verbale 9")
    assert not [form for form in page.forms if form.action.endswith("/close/confirm")]
    assert "waits for a second person" in head.get("/").text
    page = head.get("/institutions/AF02")
    page = press(head, page, "/close/confirm")
    closed = page.text
    assert "all accounts are closed" in head.get("/").text
    ctx = world.context_of(world.person(Role.HEAD))
    (made,) = accounts.prepare_state_invitations(
        ctx, ["AF02"], ends_on=(world.now + timedelta(days=9)).date()
    )
    world.commit()
    held = head.get("/institutions/AF02").text
    ctx = world.context_of(world.person(Role.HEAD))
    accounts.confirm_printed(ctx, [made.invitation_id])
    world.commit()
    sent = head.get("/institutions/AF02").text
    person = world.activate(made.link, made.code, name="New Hand", email="new@example.org")
    new = world.visitor(person)
    waiting = [new.get(path) for path in ("/", "/response/2026/parts/A1", "/response/2026/answers")]
    page = officer.get("/give-back/AF02")
    page = press(officer, page, "/give-back/AF02")

    assert "1 draft that was not submitted" in before
    assert "Nobody can open it any more" in before
    assert "Next, a head makes the code letter" in closed
    assert "Make the code letter for State AF-02" in closed
    assert "confirms that it is printed" in held
    assert "We wait for the new focal point" in sent
    assert "Next, a head makes" not in sent
    assert "was given back" in page.text
    for each in waiting:
        assert each.status == 200
        assert "your new key does not open them yet" in each.text
        assert not [form for form in each.forms if "/response" in form.action]
    assert new.get("/response/2026/parts/A1").form(has="then")
    assert "does not open them yet" not in new.get("/").text
    assert "filed answers back" not in officer.get("/").text


def test_proposal_is_withdrawn(world):
    visitor = world.visitor(world.person(Role.OFFICER))
    page = visitor.get("/institutions/AF02/close")
    page = press(visitor, page, "/close", note="Note verbale 9")

    page = press(visitor, page, "/close/withdraw")

    assert "withdrawn" in page.text
    assert "waits for a second person" not in page.text


def test_recovery_sheet_is_shown_once_and_voided(world, focal_point):
    visitor = world.visitor(focal_point)
    page = visitor.get("/recovery-sheet")

    made = press(visitor, page, "/recovery-sheet")
    again = press(visitor, page, "/recovery-sheet")
    page = visitor.get("/recovery-sheet")
    page = press(visitor, page, "/void")

    assert len(shown_once(made)) > 20
    assert shown_once(again) == ""
    assert "The sheet is void" in page.text
    assert "There is no sheet now" in page.text


def test_yearly_list_is_confirmed_and_the_secretariat_sees_it(world, focal_point, writer):
    open_editions(world.session, prepared_by=world.person(Role.OFFICER).person_id)
    visitor = world.visitor(focal_point)
    assert "Confirm who has access" in visitor.get("/").text
    page = visitor.get("/access-review")
    refused = press(visitor, page, "/access-review")
    page = visitor.get("/access-review")
    page = press(visitor, page, "/access-review", confirmed="y")
    table = world.visitor(world.person(Role.OFFICER)).get("/access-reviews")

    assert refused.status == 422
    assert "The list is confirmed" in page.text
    assert "Confirm who has access" not in page.text
    assert "Confirmed for this edition" in visitor.get("/access-review").text
    assert "State AF-01" in table.text


def test_without_an_edition_there_is_nothing_to_confirm(world, focal_point):
    page = world.visitor(focal_point).get("/access-review")

    assert page.status == 200
    assert not [form for form in page.forms if "access-review" in form.action]
