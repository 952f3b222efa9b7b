"""What was typed comes back: signed out elsewhere, refused, changed meanwhile, too large.

It asks for the next sign-in, not for who is signed in now; only who typed it gets it, and reads
questions and labels, never names of fields (design: answering 1).
"""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from cooperation.access.policy import Permission
from cooperation.access.rules import Role
from cooperation.editions import service as editions
from cooperation.editions.models import EditionRow
from cooperation.editions.rules import field_names
from cooperation.web.kept_words import words_of
from tests.fixtures.responses import EDITION, part_path
from tests.fixtures.visitor import FORM_TYPE

NAME = "Jane Doe, newly appointed"
TEXT = "تجيب السلطة المركزية في غضون عشرة أيام.\n中央机关在十天内答复。"


@pytest.fixture
def writer(answering_world):
    """A focal point who has typed a long text into a part, and the page it stands on."""
    person = answering_world.person(Role.FOCAL_POINT, "AF01")
    visitor = answering_world.visitor(person)
    page = visitor.get(part_path("B1"))
    visitor.person, visitor.page, visitor.form = person, page, page.form(has="B-05")
    return visitor


def send_text(visitor, text=TEXT):
    return visitor.submit(visitor.page, visitor.form, {"B-05": text}, follow=False)


def sign_in_on(world, visitor, page, person):
    world.clock.move(timedelta(minutes=1))
    secrets = {"email": person.email, "password": person.password}
    page = visitor.submit(page, page.form(has="password"), secrets)
    details = {"totp_secret": person.totp_secret}
    return visitor.enter_code(page, details, at=world.now.timestamp())


def kept_text(page):
    return page.form(has="B-05").fields["B-05"]


def stored_text(visitor):
    return visitor.get(part_path("B1")).form(has="B-05").fields["B-05"]


def sign_out(world, visitor):
    visitor.submit(visitor.page, visitor.get("/").form(action="/sign-out"))


def end_all_sessions(world, visitor):
    page = visitor.get("/account/sessions")
    visitor.submit(page, page.form(action="/account/sessions/end"))


def clear_cookies(world, visitor):
    visitor.cookies.clear()


def lose_session(world, visitor):
    visitor.cookies.pop("sid")


@pytest.mark.parametrize(
    "leave",
    [sign_out, end_all_sessions, clear_cookies, lose_session],
    ids=lambda leave: leave.__name__,
)
def test_a_text_typed_while_signed_out_elsewhere_comes_back(answering_world, writer, leave):
    leave(answering_world, writer)

    refused = send_text(writer)
    assert refused.status == 401
    page = sign_in_on(answering_world, writer, refused, writer.person)

    assert kept_text(page) == [TEXT]
    assert writer.submit(page, page.form(has="B-05"), follow=False).status == 303
    assert stored_text(writer) == [TEXT]


def test_a_text_survives_cookies_that_were_cleared_on_the_page_of_sign_in(answering_world, writer):
    sign_out(answering_world, writer)
    page = send_text(writer)
    writer.cookies.clear()

    person = writer.person
    secrets = {"email": person.email, "password": person.password}
    page = writer.submit(page, page.form(has="password"), secrets, follow=False)
    assert page.status == 400
    page = sign_in_on(answering_world, writer, page, person)

    assert kept_text(page) == [TEXT]


def test_a_text_waits_for_who_typed_it_while_somebody_else_is_signed_in(answering_world, writer):
    other = answering_world.visitor(answering_world.person(Role.HEAD))
    hers = writer.cookies
    writer.cookies = dict(other.cookies)

    refused = send_text(writer)
    assert refused.status == 409
    assert "Somebody else is signed in" in refused.text
    writer.cookies = hers | writer.cookies
    page = sign_in_on(answering_world, writer, refused, writer.person)

    assert kept_text(page) == [TEXT]


def test_another_person_who_signs_in_gets_nothing(answering_world, writer):
    sign_out(answering_world, writer)
    refused = send_text(writer)

    page = sign_in_on(answering_world, writer, refused, answering_world.person(Role.HEAD))

    assert TEXT.splitlines()[0] not in page.html


def test_another_sites_form_is_never_kept(answering_world, writer):
    headers = {"Sec-Fetch-Site": "cross-site", "Content-Type": FORM_TYPE}

    page = writer.send("POST", part_path("B1"), b"B-05=evil&_key=" + b"0" * 32, headers)

    assert (page.status, "evil" in page.html) == (403, False)


@pytest.mark.parametrize("fields", [{"_key": ""}, {"_key": "x"}, {}])
def test_a_form_without_our_key_is_never_kept(answering_world, writer, fields):
    writer.cookies.clear()

    page = writer.post(part_path("B1"), {"B-05": "evil", **fields}, follow=False)

    assert (page.status, "evil" in page.html) == (400, False)


def test_a_text_is_shown_with_the_reason_when_the_right_to_write_is_gone(
    answering_world, writer, monkeypatch
):
    monkeypatch.setattr(
        "cooperation.web.lifecycle.is_allowed",
        lambda actor, permission: permission is not Permission.WRITE_ANSWER,
    )

    page = send_text(writer)

    assert page.status == 403
    assert TEXT.splitlines()[0] in page.text
    assert "B-05 " in page.text
    assert "Error 403" in page.text


def test_a_text_comes_back_when_the_edition_was_closed_meanwhile(answering_world, writer):
    closed = sa.update(EditionRow).where(EditionRow.id == EDITION)
    answering_world.session.execute(closed.values(status="closed"))
    answering_world.session.commit()

    page = send_text(writer)

    assert page.status == 409
    assert "This edition is not open. Nothing was changed." in page.text
    assert TEXT.splitlines()[0] in page.text
    assert "B-05 " in page.text


@pytest.mark.parametrize(
    "leave",
    [sign_out, end_all_sessions, clear_cookies, lose_session],
    ids=lambda leave: leave.__name__,
)
def test_a_text_that_is_too_large_comes_back_after_signing_in_again(answering_world, writer, leave):
    text = "A word and another. " * 60_000
    leave(answering_world, writer)

    refused = send_text(writer, text)
    assert refused.status == 401
    page = sign_in_on(answering_world, writer, refused, writer.person)

    assert kept_text(page) == [text]


def test_a_text_that_is_too_large_waits_for_who_typed_it(answering_world, writer):
    other = answering_world.visitor(answering_world.person(Role.HEAD))
    writer.cookies = dict(other.cookies)

    refused = send_text(writer, "A word and another. " * 60_000)

    assert refused.status == 409
    assert "Somebody else is signed in" in refused.text
    assert "A word and another." not in refused.text


def test_blocked_cookies_are_told_where_a_text_waits_for_a_sign_in(answering_world, writer):
    clear_cookies(answering_world, writer)
    page = send_text(writer)

    for _attempt in range(2):
        writer.cookies.clear()
        secrets = {"email": writer.person.email, "password": writer.person.password}
        page = writer.submit(page, page.form(has="password"), secrets, follow=False)
        assert page.status == 400
        assert "Your browser sent no cookie with this form" in page.text

    assert kept_text(sign_in_on(answering_world, writer, page, writer.person)) == [TEXT]


def test_a_text_that_is_too_large_for_a_save_comes_back_whole(answering_world, writer):
    text = "A word and another. " * 70_000

    page = send_text(writer, text)

    assert page.status == 413
    assert kept_text(page) == [text]


def test_what_is_larger_than_any_answer_is_refused_shortly(answering_world, writer):
    page = send_text(writer, "x" * 4_000_000)

    assert page.status == 413
    assert len(page.body) < 100_000


def test_kept_answers_stand_under_their_questions(answering_world):
    questionnaire = editions.questionnaire(answering_world.session, EDITION)
    names = [name for question in questionnaire.questions for name in field_names(question)]
    fields = tuple((name, "entered") for name in names if not name.endswith(".remove"))

    with answering_world.application.test_request_context("/"):
        words = words_of(part_path("B1"), fields)

    assert len(words) == len(fields)
    assert all(questionnaire.has_question(word.label.split(" ")[0]) for word in words)


def test_what_a_page_sends_for_itself_is_not_shown(answering_world):
    fields = (
        ("B-05", "hers"),
        ("B-05.version", "3"),
        ("B-05.audience", "states"),
        ("B-08.audience", "court"),
        ("then", "stay"),
        ("_key", "k"),
    )

    with answering_world.application.test_request_context("/"):
        words = words_of(part_path("B1"), fields)

    assert [word.value for word in words] == ["hers", "The Court alone"]
