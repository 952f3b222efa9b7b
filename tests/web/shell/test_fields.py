"""Forms as their pages made them: nothing unknown, nothing twice, nothing lost."""

import pytest

from cooperation.access.rules import Role
from cooperation.web.fields import SentFields
from tests.fixtures.visitor import FORM_TYPE

NAME = "Jane Doe, newly appointed"


@pytest.fixture
def focal(world):
    return world.visitor(world.person(Role.FOCAL_POINT, "AF01"))


def invitation(focal):
    """The form to invite a colleague, filled in."""
    page = focal.get("/colleagues/invite")
    form = page.form(has="email")
    fields = {name: values for name, values in form.fields.items() if values}
    return form.action or "/colleagues/invite", fields | {
        "name": [NAME],
        "email": ["jane@example.org"],
        "role": ["contributor"],
        "organ": ["Ministry of Justice"],
    }


def invited(focal):
    return "Jane Doe" in focal.get("/colleagues").html


def test_what_a_page_made_is_taken(focal):
    address, fields = invitation(focal)

    assert focal.post(address, fields, follow=False).status in {200, 303}
    assert invited(focal)


def test_an_unknown_field_undoes_the_act_and_keeps_what_was_typed(focal):
    address, fields = invitation(focal)

    page = focal.post(address, fields | {"is_admin": ["yes"]}, follow=False)

    assert page.status == 422
    assert not invited(focal)
    assert NAME in page.html
    assert "is_admin" not in page.html
    assert focal.submit(page, page.form(has="email"), follow=False).status in {200, 303}
    assert invited(focal)


def test_a_field_that_came_twice_is_refused_and_kept_once(focal):
    address, fields = invitation(focal)

    page = focal.post(address, fields | {"role": ["contributor", "signatory"]}, follow=False)

    assert page.status == 422
    assert not invited(focal)
    assert page.form(has="email").fields["role"] == ["signatory"]
    assert page.form(has="email").fields["name"] == [NAME]


@pytest.mark.parametrize(
    "typed",
    ["Jane\u202e Doe\x00", "\u2068Jane\u2069 Doe", "Jane Doe\ufeff", "Jane \u2066Doe\u206f"],
)
def test_invisible_characters_are_taken_out_and_shown_before_anything_is_saved(focal, typed):
    address, fields = invitation(focal)

    page = focal.post(address, fields | {"name": [typed]}, follow=False)

    assert page.status == 400
    assert not invited(focal)
    assert page.form(has="email").fields["name"] == ["Jane Doe"]
    assert focal.submit(page, page.form(has="email"), follow=False).status in {200, 303}
    assert invited(focal)


def test_accents_without_end_are_cut_and_shown_before_anything_is_saved(focal):
    address, fields = invitation(focal)

    page = focal.post(address, fields | {"name": ["Janex" + "\u0315\u0300" * 40]}, follow=False)

    assert page.status == 400
    assert "more than 30 accents" in page.text
    assert len(page.form(has="email").fields["name"][0]) == len("Janex") + 30
    assert not invited(focal)


def test_nobody_signed_in_gets_no_form_back(world):
    visitor = world.visitor()
    page = visitor.get("/sign-in")
    fields = page.form(has="password").fields | {"email": ["a@b.org"], "password": ["x y z"]}

    answer = visitor.post("/sign-in", fields | {"email": ["a@b.org", "c@d.org"]})

    assert answer.status == 422
    assert "x y z" not in answer.html


def test_marks_around_what_signs_in_are_left_out_without_a_word(world):
    visitor = world.visitor()
    form = visitor.get("/sign-in").form(has="password").fields

    answer = visitor.post("/sign-in", form | {"email": ["\u2068a@b.org\u2069"], "password": ["x"]})

    assert answer.status == 422
    assert answer.form(has="password").fields["email"] == ["a@b.org"]


def test_answers_take_fields_of_questions_only(world):
    pairs = [("a", "1"), ("b", "1"), ("b", "2"), ("b", "1"), ("c", "1"), ("_key", "x")]
    fields = SentFields(pairs)

    assert fields.get("a") == "1"
    assert fields.getlist("b") == ["1", "2"]
    assert fields.unknown == {"c"}
    assert fields.only_known() == [
        ("a", "1"),
        ("b", "1"),
        ("b", "2"),
        ("b", "1"),
        ("_key", "x"),
    ]


def test_a_file_that_no_page_asks_for_undoes_the_act(focal):
    address, fields = invitation(focal)
    page = focal.get(address)

    answer = focal.submit(
        page, page.form(has="email"), fields | {"file": ("a.pdf", b"%PDF-")}, follow=False
    )

    assert answer.status == 422
    assert not invited(focal)


def test_the_type_of_a_body_is_no_way_around(focal):
    address, _fields = invitation(focal)

    page = focal.send("POST", address, b"{}", {"Content-Type": "application/json"})

    assert page.status == 400
    assert FORM_TYPE != "application/json"


def test_a_secret_never_comes_back(focal):
    page = focal.get("/account/password")
    fields = page.form(has="password").fields | {"password": ["quite a secret sentence"]}

    answer = focal.post("/account/password", fields | {"unknown\u202e": ["x"]}, follow=False)

    assert answer.status in {400, 422}
    assert "quite a secret" not in answer.html
