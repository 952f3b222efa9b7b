"""One request, one transaction, one effect: the shell around views made for these tests."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Blueprint, g, jsonify, redirect, render_template_string, request

from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.core.errors import Broken, Conflict, Invalid, NotFound, Unavailable
from cooperation.core.last import do_last
from cooperation.web.declaration import UndeclaredViewError, refuse_undeclared
from cooperation.web.factory import create_app, make_server

FORM = """{% import "components/kit.html" as kit with context %}
{% call kit.form(action) %}<input name="text" value="">{% endcall %}"""
KINDS = {"conflict": Conflict, "missing": NotFound, "broken": Broken, "busy": Unavailable}
AUTOSAVE = {"X-Requested-With": "autosave", "Content-Type": "application/x-www-form-urlencoded"}


def write(text):
    g.context.session.execute(sa.text("INSERT INTO probes VALUES (:text)"), {"text": text})


def log_probe(text):
    """Write as an entry is written: last in the transaction, or in one of its own."""
    statement = sa.text("INSERT INTO probes VALUES (:text)")
    do_last(g.context.session, lambda session: session.execute(statement, {"text": text}))


blueprint = Blueprint("probes", __name__)
"""Views that write a row in every way a view can end."""


@blueprint.get("/probe/form")
@requires(Permission.USE_ACCOUNT)
def form():
    return render_template_string(FORM, action=request.args["action"])


@blueprint.post("/probe/write")
@requires(Permission.USE_ACCOUNT)
def written():
    write(request.form["text"])
    return redirect("/probe/done", 303)


@blueprint.post("/probe/save")
@requires(Permission.USE_ACCOUNT)
def save():
    write(request.form["text"])
    return jsonify(status="saved", at="14:32", versions={"version": "2"})


@blueprint.post("/probe/refused")
@requires(Permission.USE_ACCOUNT)
def refused():
    write(request.form["text"])
    return "refused", 422


@blueprint.post("/probe/fails/<string:kind>")
@requires(Permission.USE_ACCOUNT)
def fails(kind):
    write(request.form["text"])
    if kind == "invalid":
        raise Invalid(errors=(("text", Invalid.sentence),))
    raise KINDS.get(kind, RuntimeError)


@blueprint.post("/probe/careful")
@requires(Permission.GRANT_ROLE)
def careful():
    write(request.form["text"])
    return redirect("/probe/done", 303)


@blueprint.get("/probe/read")
@requires(Permission.USE_ACCOUNT)
def read():
    write("written by a reader")
    return "read"


@blueprint.get("/probe/logged")
@requires(Permission.USE_ACCOUNT, logs_reading=True)
def logged():
    log_probe("logged")
    return "logged"


@blueprint.post("/probe/back")
@requires(Permission.USE_ACCOUNT, logs_reading=True)
def form_with_answers():
    write("logged")
    return "the form, with answers", 422


@blueprint.post("/probe/back-with-failure")
@requires(Permission.USE_ACCOUNT, logs_reading=True)
def failing_form_with_answers():
    write("half an act")
    raise Invalid(errors=(("text", Invalid.sentence),))


@blueprint.get("/probe/late")
@requires(Permission.USE_ACCOUNT, logs_reading=True)
def late():
    def pieces():
        log_probe("written while the answer was made")
        yield "late"

    return pieces()


@blueprint.get("/probe/undeclared")
def undeclared():
    return "open to all"


@pytest.fixture
def probed(world):
    """The world's application with the probes; `world.visitor` uses it."""
    held = make_server(world.settings, database=world.database, root=world.root, clock=world.clock)
    application = create_app(world.settings, held)
    application.register_blueprint(blueprint)
    world.application = application
    with world.database.writing() as session:
        session.execute(sa.text("CREATE TABLE probes (text TEXT)"))
    return world


@pytest.fixture
def focal_point(probed):
    """The focal point of AF01 at her browser."""
    return probed.visitor(probed.person(Role.FOCAL_POINT, "AF01"))


def written_in(world):
    with world.database.reading() as session:
        return [row[0] for row in session.execute(sa.text("SELECT text FROM probes"))]


def form_of(visitor, action):
    page = visitor.get(f"/probe/form?action={action}")
    return page, page.form(has="text")


def send(visitor, action, text="hello", **changes):
    page, form = form_of(visitor, action)
    return visitor.submit(page, form, {"text": text, **changes}, follow=False)


def test_what_a_view_wrote_is_there_when_the_answer_comes(probed, focal_point):
    answer = send(focal_point, "/probe/write")

    assert answer.status == 303
    assert written_in(probed) == ["hello"]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("conflict", 409),
        ("missing", 404),
        ("broken", 500),
        ("busy", 503),
        ("invalid", 422),
        ("unforeseen", 500),
    ],
)
def test_failure_leaves_nothing_behind(probed, focal_point, kind, status):
    answer = send(focal_point, f"/probe/fails/{kind}")

    assert answer.status == status
    assert "Reference of this request" in answer.text
    assert written_in(probed) == []


def test_refusal_by_a_view_leaves_nothing_behind(probed, focal_point):
    assert send(focal_point, "/probe/refused").status == 422
    assert written_in(probed) == []


def test_a_form_that_comes_back_with_answers_keeps_the_entry_of_their_reading(probed, focal_point):
    assert send(focal_point, "/probe/back").status == 422

    assert written_in(probed) == ["logged"]


def test_a_failure_keeps_nothing_even_where_readings_are_logged(probed, focal_point):
    assert send(focal_point, "/probe/back-with-failure").status == 422

    assert written_in(probed) == []


def test_reading_writes_only_where_the_view_says_so(probed, focal_point):
    assert focal_point.get("/probe/read").status == 200
    assert written_in(probed) == []
    assert focal_point.get("/probe/logged").status == 200
    assert focal_point.get("/probe/late").text == "late"

    assert written_in(probed) == ["logged", "written while the answer was made"]


def test_view_without_permission_is_refused(focal_point):
    assert focal_point.get("/probe/undeclared").status == 403


def test_start_stops_at_a_view_without_permission(probed):
    with pytest.raises(UndeclaredViewError, match=r"probes\.undeclared"):
        refuse_undeclared(probed.application)


def test_permission_of_another_role_is_refused(probed):
    auditor = probed.visitor(probed.person(Role.AUDITOR))

    assert send(auditor, "/probe/careful").status == 403
    assert written_in(probed) == []


def test_form_sent_twice_takes_effect_once(probed, focal_point):
    page, form = form_of(focal_point, "/probe/write")

    first = focal_point.submit(page, form, {"text": "once"}, follow=False)
    second = focal_point.submit(page, form, {"text": "once"}, follow=False)

    assert (first.status, second.status) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    assert written_in(probed) == ["once"]


def test_autosave_sent_twice_says_the_same(probed, focal_point):
    page, form = form_of(focal_point, "/probe/save")

    answers = [focal_point.submit(page, form, {"text": "once"}) for _ in range(2)]

    assert json.loads(answers[0].body) == json.loads(answers[1].body)
    assert written_in(probed) == ["once"]


def test_key_with_another_text_is_refused(probed, focal_point):
    page, form = form_of(focal_point, "/probe/write")
    focal_point.submit(page, form, {"text": "once"}, follow=False)

    answer = focal_point.submit(page, form, {"text": "other"}, follow=False)

    assert answer.status == 422
    assert written_in(probed) == ["once"]


def test_failed_form_may_be_sent_again_with_its_key(probed, focal_point):
    page, form = form_of(focal_point, "/probe/fails/conflict")

    answers = [focal_point.submit(page, form, {"text": "x"}, follow=False) for _ in range(2)]

    assert [answer.status for answer in answers] == [409, 409]


def test_form_without_key_is_refused(probed, focal_point):
    assert send(focal_point, "/probe/write", _key="").status == 422
    assert send(focal_point, "/probe/write", _key="x" * 49).status == 422
    assert written_in(probed) == []


def test_form_opened_by_another_person_is_refused(probed, focal_point):
    page, form = form_of(focal_point, "/probe/write")
    other = probed.visitor(probed.person(Role.HEAD))
    other.cookies = focal_point.cookies | other.cookies

    answer = other.submit(page, form, {"text": "hers"}, follow=False)

    assert answer.status == 409
    assert written_in(probed) == []


def test_reader_is_sent_to_sign_in_and_back(probed):
    person = probed.person(Role.FOCAL_POINT, "AF01")
    visitor = probed.visitor()

    page = visitor.get("/probe/logged?a=b")
    assert page.path == "/sign-in?next=/probe/logged?a%3Db"
    page = sign_in_on(probed, visitor, page, person)

    assert page.text == "logged"


def sign_in_on(world, visitor, page, person):
    world.clock.move(timedelta(minutes=1))
    page = visitor.submit(
        page, page.form(has="password"), {"email": person.email, "password": person.password}
    )
    details = {"totp_secret": person.totp_secret}
    return visitor.enter_code(page, details, at=world.now.timestamp())


def end_session(visitor):
    visitor.cookies.pop("sid")


def test_text_typed_before_the_session_ended_is_kept_for_one_click(probed, focal_point):
    page, form = form_of(focal_point, "/probe/write")
    end_session(focal_point)

    refused = focal_point.submit(page, form, {"text": "typed & <kept>\nالنص"}, follow=False)
    assert refused.status == 401
    assert written_in(probed) == []
    person = probed.person(Role.FOCAL_POINT, "AF01")
    page = sign_in_on(probed, focal_point, refused, person)
    assert "Nothing typed was lost" in page.text
    assert written_in(probed) == []
    answer = focal_point.submit(page, page.form(has="text"), follow=False)

    assert answer.status == 303
    assert written_in(probed) == ["typed & <kept>\nالنص"]


def test_kept_text_survives_a_wrong_password_and_a_wrong_code(probed, focal_point):
    person = probed.person(Role.FOCAL_POINT, "AF01")
    page, form = form_of(focal_point, "/probe/write")
    end_session(focal_point)
    page = focal_point.submit(page, form, {"text": "kept"}, follow=False)

    wrong = {"email": person.email, "password": "not this one at all"}
    page = focal_point.submit(page, page.form(has="password"), wrong)
    right = {"email": person.email, "password": person.password}
    page = focal_point.submit(page, page.form(has="password"), right)
    page = focal_point.submit(page, page.form(has="code"), {"code": "000000"})
    probed.clock.move(timedelta(minutes=1))
    details = {"totp_secret": person.totp_secret}
    page = focal_point.enter_code(page, details, at=probed.now.timestamp())

    assert page.form(has="text").fields["text"] == ["kept"]


def test_kept_text_is_not_shown_to_another_person(probed, focal_point):
    page, form = form_of(focal_point, "/probe/write")
    end_session(focal_point)
    page = focal_point.submit(page, form, {"text": "hers alone"}, follow=False)

    page = sign_in_on(probed, focal_point, page, probed.person(Role.HEAD))

    assert "hers alone" not in page.html
    assert written_in(probed) == []


def test_autosave_without_a_session_says_so(probed, focal_point):
    _, form = form_of(focal_point, "/probe/save")
    end_session(focal_point)
    token = form.fields["csrf_token"][0]

    answer = focal_point.send("POST", "/probe/save", f"csrf_token={token}".encode(), AUTOSAVE)

    assert (answer.status, json.loads(answer.body)) == (401, {"status": "signed_out"})


def test_act_goes_on_by_itself_after_a_fresh_code(probed, focal_point):
    person = probed.person(Role.FOCAL_POINT, "AF01")
    page, form = form_of(focal_point, "/probe/careful")
    probed.clock.move(timedelta(minutes=6))

    asked = focal_point.submit(page, form, {"text": "careful"}, follow=False)
    assert asked.status == 403
    assert written_in(probed) == []
    wrong = focal_point.submit(asked, asked.form(has="code"), {"code": "000000"}, follow=False)
    assert wrong.status == 422
    code = accounts.code_at(person.totp_seed, probed.now)
    answer = focal_point.submit(wrong, wrong.form(has="code"), {"code": code}, follow=False)

    assert (answer.status, answer.headers["location"]) == (303, "/probe/done")
    assert written_in(probed) == ["careful"]
    assert focal_point.get("/probe/read").status == 200


def test_fresh_code_serves_the_next_act_without_asking(probed, focal_point):
    assert send(focal_point, "/probe/careful", "one").status == 303
    assert send(focal_point, "/probe/careful", "two").status == 303
    assert written_in(probed) == ["one", "two"]


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {}], ids=["told", "old"])
def test_page_opened_before_sign_in_anew_is_kept_for_one_click(probed, focal_point, headers):
    """Browsers of before 2023 do not tell where a form comes from: its key does."""
    page, form = form_of(focal_point, "/probe/write")
    focal_point.cookies.pop("visit")
    body = "&".join(
        f"{name}={values[0]}" for name, values in (form.fields | {"text": ["still here"]}).items()
    )
    kind = {"Content-Type": "application/x-www-form-urlencoded"}

    page = focal_point.send("POST", "/probe/write", body.encode(), kind | headers)

    assert (page.status, "still here" in page.html) == (400, True)
    answer = focal_point.submit(page, page.form(has="text"), follow=False)
    assert answer.status == 303
    assert written_in(probed) == ["still here"]


def test_sign_out_ends_the_visit(focal_point):
    page, form = form_of(focal_point, "/probe/write")

    focal_point.submit(page, page_form_of_sign_out(focal_point))

    assert "sid" not in focal_point.cookies
    later = focal_point.submit(page, form, {"text": "later"}, follow=False)
    assert (later.status, "later" in later.html) == (401, True)


def page_form_of_sign_out(visitor):
    return visitor.get("/").form(action="/sign-out")
