"""History, sessions and the mails that did not leave, as pages."""

from datetime import timedelta

import pytest

from cooperation.access.rules import Role
from cooperation.audit import service as audit
from cooperation.outbox import service as outbox
from cooperation.outbox.models import MailRow
from cooperation.outbox.rules import MailStatus

BODY = "Words that nobody may see on this page"


@pytest.fixture
def focal_point(world):
    return world.person(Role.FOCAL_POINT, "AF01")


@pytest.fixture
def failed_mail(world):
    mail_id = outbox.queue(
        world.session,
        world.root,
        to="post@mission.example",
        subject="Notice",
        body=BODY,
        now=world.now,
        language="en",
        purpose="notice",
    )
    row = world.session.get_one(MailRow, mail_id)
    row.status, row.reason = MailStatus.FAILED, "refused"
    world.commit()
    return mail_id


def status_of(world, mail_id):
    with world.database.reading() as session:
        row = session.get_one(MailRow, mail_id)
        return row.status, row.sealed_payload is None


def logged(world, action):
    with world.database.reading() as session:
        return audit.entries_for(session, action=action)


def test_a_person_looks_at_her_history_and_ends_her_other_sessions(world, focal_point):
    world.sign_in(focal_point)
    visitor = world.visitor(focal_point)

    page = visitor.get("/account/history")
    assert "Signed in" in page.text
    page = visitor.get("/account/sessions")
    assert page.text.count("Firefox, Linux") == 2
    page = visitor.submit(page, page.form(action="/end-others"))

    assert "1 session was ended." in page.text
    assert page.text.count("Firefox, Linux") == 1
    assert "All other sessions ended" in visitor.get("/account/history").text


def test_another_browser_of_hers_is_forgotten(world, focal_point):
    person = {
        "email": focal_point.email,
        "password": focal_point.password,
        "totp_secret": focal_point.totp_secret,
    }
    for _ in range(2):
        world.clock.move(timedelta(minutes=1))
        visitor = world.visitor()
        visitor.sign_in(person, world.now.timestamp())
    page = visitor.get("/account/sessions")

    page = visitor.submit(page, page.form(action="/forget"))

    assert "The browser is forgotten." in page.text
    assert "/forget" not in page.html


def test_an_administrator_sees_events_and_ends_sessions_but_nothing_written(world, focal_point):
    world.visitor(focal_point)
    visitor = world.visitor(world.person(Role.ADMINISTRATOR))
    page = visitor.get(f"/people/{focal_point.person_id}/history")
    assert "Signed in" in page.text

    page = visitor.submit(page, page.form(action="/end-sessions"))

    assert "All her sessions are ended." in page.text
    assert "Nowhere." in page.text


def test_another_states_account_is_not_found_and_an_officer_is_refused(world, focal_point):
    address = f"/people/{focal_point.person_id}/history"

    assert world.visitor(world.person(Role.FOCAL_POINT, "AF02")).get(address).status == 404
    assert world.visitor(world.person(Role.OFFICER)).get(address).status == 403


def test_an_officer_sends_a_failed_mail_again(world, failed_mail):
    visitor = world.visitor(world.person(Role.OFFICER))
    assert "1 mail did not leave" in visitor.get("/").text
    page = visitor.get("/mails")
    assert "post@mission.example" in page.text
    assert "the address may be wrong" in page.text
    assert BODY not in page.html

    page = visitor.submit(page, page.form(action="/again"))

    assert "All mails have left." in page.text
    assert status_of(world, failed_mail) == (MailStatus.DUE, False)
    assert [each.subject for each in logged(world, "mail.resent")] == [failed_mail]


def test_an_administrator_settles_a_mail_and_sees_no_address(world, failed_mail):
    visitor = world.visitor(world.person(Role.ADMINISTRATOR))
    page = visitor.get("/mails")
    assert "…@mission.example" in page.text
    assert "post@" not in page.html
    assert BODY not in page.html

    visitor.submit(page, page.form(action="/settle"))

    assert status_of(world, failed_mail) == (MailStatus.SETTLED, True)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.COURT_READER])
def test_nobody_else_sees_the_mails(world, failed_mail, role):
    assert world.visitor(world.person(role)).get("/mails").status == 403
