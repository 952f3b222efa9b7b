"""The screens of acts that need two people: what will happen, who did the first half, the rest."""

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.circles import service as circles
from cooperation.two_persons.models import ActRow


@pytest.fixture
def running(world):
    """The world once a first edition was opened."""
    circles.end_founding(world.context_of(world.person(Role.HEAD)))
    return world


def invite(visitor, role="officer", **more):
    page = visitor.get("/colleagues/invite")
    fields = {"name": "Ina Newcomer", "email": "ina@example.org", "role": role}
    return visitor.submit(page, page.form(has="email"), fields | more)


def open_act(visitor):
    page = visitor.get("/waiting")
    return visitor.get(next(link for link in page.links if link.startswith("/waiting/")))


def test_head_invites_and_an_officer_confirms(running):
    head = running.visitor(running.person(Role.HEAD))
    page = invite(head)
    assert "A second person confirms this first" in page.text
    assert "Waits for a second person" in head.get("/colleagues").text
    assert "You did the first half." in head.get("/").text

    officer = running.visitor(running.person(Role.OFFICER))
    assert "Waiting for a second person: for you" in officer.get("/").text
    page = open_act(officer)
    for words in (
        "Ina Newcomer",
        "ina@example.org",
        "Secretariat officer",
        "Proposed by Person head",
    ):
        assert words in page.text
    page = officer.submit(page, page.form(action="/approve"))

    assert "Confirmed. The link is on its way" in page.text
    assert "Decided by" in page.text


def test_first_person_has_no_button_to_approve_but_one_to_withdraw(running):
    head = running.visitor(running.person(Role.HEAD))
    invite(head)
    page = open_act(head)
    assert "You proposed this" in page.text
    assert not [form for form in page.forms if form.action.endswith("/approve")]

    page = head.submit(page, page.form(action="/withdraw"))

    assert "Withdrawn. Nothing happened." in page.text


def test_refusal_asks_for_a_reason_that_the_first_person_reads(running):
    head = running.visitor(running.person(Role.HEAD))
    invite(head)
    officer = running.visitor(running.person(Role.OFFICER))
    page = open_act(officer)
    empty = officer.submit(page, page.form(action="/refuse"), {"reason": ""})
    assert empty.status == 422

    page = officer.submit(page, page.form(action="/refuse"), {"reason": "Not agreed."})

    assert "Refused." in page.text
    assert "Not agreed." in open_act(head).text


def test_approving_what_was_not_shown_is_refused(running):
    invite(running.visitor(running.person(Role.HEAD)))
    officer = running.visitor(running.person(Role.OFFICER))
    page = open_act(officer)

    page = officer.submit(page, page.form(action="/approve"), {"shown_hash": "00" * 32})

    assert page.status == 409
    assert "Nothing was approved." in page.text


def test_role_is_changed_by_two(running):
    officer = running.person(Role.OFFICER)
    head = running.visitor(running.person(Role.HEAD))
    page = head.get(f"/people/{officer.person_id}")
    page = head.get(next(link for link in page.links if link.endswith("/role")))
    page = head.submit(page, page.form(has="role"), {"role": "head"})
    assert "The role changes once a second person has confirmed it." in page.text

    other = running.visitor(running.person(Role.HEAD, number=2))
    page = open_act(other)
    assert "Head of the Secretariat" in page.text
    page = other.submit(page, page.form(action="/approve"))

    assert "The role is changed" in page.text


def test_administrator_proposes_an_act_on_keys_and_a_head_approves(world):
    administrator = world.visitor(world.person(Role.ADMINISTRATOR))
    page = administrator.get("/set-up/key-acts")
    refused = administrator.submit(page, page.form(has="kind"), {"kind": "", "note": ""})
    assert refused.status == 422
    fields = {"kind": "key.destruction", "detail": "3", "note": "The key was seen."}
    page = administrator.submit(page, page.form(has="kind"), fields)
    assert "Waiting for a second person" in page.text

    head = world.visitor(world.person(Role.HEAD))
    assert "Destroy an old root key" in head.get("/").text
    page = open_act(head)
    assert "The key was seen." in page.text
    page = head.submit(page, page.form(action="/approve"))

    assert "within 24 hours" in page.text
    assert "Approved" in administrator.get("/waiting").text


def test_a_restore_is_not_proposed_because_a_head_confirms_it_afterwards(world):
    administrator = world.visitor(world.person(Role.ADMINISTRATOR))
    page = administrator.get("/set-up/key-acts")
    assert "restore" not in page.text.lower()

    fields = {"kind": "restore", "detail": "backup 3f2a", "note": "The disk failed."}
    assert administrator.submit(page, page.form(has="kind"), fields).status == 422


def test_a_restore_that_an_earlier_release_let_propose_is_still_shown(world):
    administrator = world.visitor(world.person(Role.ADMINISTRATOR))
    page = administrator.get("/set-up/key-acts")
    fields = {"kind": "key.destruction", "detail": "3", "note": "The disk failed."}
    administrator.submit(page, page.form(has="kind"), fields)
    world.session.execute(sa.update(ActRow).values(kind="restore"))
    world.session.commit()

    page = open_act(world.visitor(world.person(Role.HEAD)))

    assert "Restore a backup" in page.text


def test_administrator_reads_the_command_that_carries_an_approval_out(world):
    administrator = world.visitor(world.person(Role.ADMINISTRATOR))
    page = administrator.get("/set-up/key-acts")
    fields = {"kind": "key.destruction", "detail": "1", "note": "Its backups have expired."}
    administrator.submit(page, page.form(has="kind"), fields)
    head = world.visitor(world.person(Role.HEAD))
    page = open_act(head)
    head.submit(page, page.form(action="/approve"))

    for page in (administrator.get("/"), open_act(administrator)):
        assert "After that the approval lapses." in page.text
        assert "flask --app app retire-root 1" in page.text


def test_head_is_told_to_invite_a_second_head(world):
    head = world.visitor(world.person(Role.HEAD))

    for page in (head.get("/"), head.get("/set-up")):
        assert "If the only head loses her passphrase" in page.text


def test_reloaded_invitation_leads_back_to_the_colleagues(world):
    head = world.visitor(world.person(Role.HEAD))
    page = head.get("/colleagues/invite")
    form = page.form(has="email")
    fields = {"name": "Ina Newcomer", "email": "ina@example.org", "role": "officer"}
    head.submit(page, form, fields)

    page = head.submit(page, form, fields)

    assert "withdraw the invitation, and invite anew" in page.text


@pytest.mark.parametrize("role", [Role.FOCAL_POINT, Role.CO_FACILITATOR, Role.AUDITOR])
def test_others_have_no_such_page(world, role):
    state = "AF01" if role is Role.FOCAL_POINT else None

    assert world.visitor(world.person(role, state)).get("/waiting").status == 403
