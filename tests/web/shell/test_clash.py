"""Two do the same at the same moment: one effect, and the other reads her words again."""

import pytest
import sqlalchemy as sa
from flask import Blueprint, g, redirect, request

from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.access.rules import Role
from cooperation.web.factory import create_app, make_server

blueprint = Blueprint("clashes", __name__)


@blueprint.get("/clash")
@requires(Permission.USE_ACCOUNT)
def form():
    return redirect("/", 303)


@blueprint.post("/clash")
@requires(Permission.USE_ACCOUNT)
def write():
    """Write what a colleague has just written, unseen by the check before."""
    place, text = request.form["place"], request.form["text"]
    values = {"place": place, "text": None if text == "nothing" else text}
    g.context.session.execute(sa.text("INSERT INTO clashes VALUES (:place, :text)"), values)
    return redirect("/", 303)


@pytest.fixture
def clashing(world):
    held = make_server(world.settings, database=world.database, root=world.root, clock=world.clock)
    application = create_app(world.settings, held)
    application.register_blueprint(blueprint)
    world.application = application
    with world.database.writing() as session:
        session.execute(
            sa.text("CREATE TABLE clashes (place TEXT PRIMARY KEY, text TEXT NOT NULL)")
        )
        session.execute(sa.text("INSERT INTO clashes VALUES ('first', 'a colleague')"))
    return world


@pytest.fixture
def focal_point(clashing):
    return clashing.visitor(clashing.person(Role.FOCAL_POINT, "AF01"))


def send(visitor, **fields):
    form = visitor.get("/gallery").form(has="procedure").fields
    keys = {name: form[name][0] for name in ("csrf_token", "_key")}
    return visitor.post("/clash", keys | fields, follow=False)


def test_who_comes_second_reads_her_words_again(focal_point):
    page = send(focal_point, place="first", text="Words of the second")

    assert page.status == 409
    assert "at the same moment" in page.text
    assert "Words of the second" in page.text
    assert page.form(has="text").fields["place"] == ["first"]


def test_clash_leaves_nothing_half_done(clashing, focal_point):
    send(focal_point, place="first", text="Words of the second")

    with clashing.database.reading() as session:
        found = session.execute(sa.text("SELECT text FROM clashes")).all()
    assert found == [("a colleague",)]


def test_script_of_a_page_is_told_of_the_clash(focal_point):
    focal_point.headers["X-Requested-With"] = "autosave"

    page = send(focal_point, place="first", text="Words of the second")

    assert (page.status, page.body) == (409, b'{"status":"conflict"}\n')


def test_broken_rule_that_is_no_clash_is_a_failure(focal_point):
    assert send(focal_point, place="second", text="nothing").status == 500
