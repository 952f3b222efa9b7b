"""A checkpoint after each piece of evidence; a signer that refuses harms no request."""

import json

import pytest
from flask import Blueprint, g, redirect, render_template_string

from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.access.rules import Role
from cooperation.audit import service as audit
from cooperation.audit.rules import ACTIONS, EVIDENCE
from cooperation.vault.signer import Signer
from cooperation.web.factory import create_app, make_server

blueprint = Blueprint("acts", __name__)


@blueprint.get("/act/form")
@requires(Permission.USE_ACCOUNT)
def form():
    return render_template_string(
        '{% import "components/kit.html" as kit with context %}'
        '{% call kit.form("/act/evidence") %}{% endcall %}'
        '{% call kit.form("/act/other") %}{% endcall %}'
    )


def log(action):
    ctx = g.context
    audit.record(ctx.session, actor=ctx.actor, action=action, at=ctx.now)
    return redirect("/", 303)


@blueprint.post("/act/evidence")
@requires(Permission.USE_ACCOUNT)
def evidence():
    return log("answer.narrowed")


@blueprint.post("/act/other")
@requires(Permission.USE_ACCOUNT)
def other():
    return log("answer.saved")


@pytest.fixture
def host(world):
    """The world's application with two acts of our own."""
    held = make_server(world.settings, database=world.database, root=world.root, clock=world.clock)
    world.application = create_app(world.settings, held)
    world.application.register_blueprint(blueprint)
    return held


@pytest.fixture
def person(world, host):
    return world.visitor(world.person(Role.FOCAL_POINT, "AF01"))


def act(person, name):
    page = person.get("/act/form")
    found = next(each for each in page.forms if each.action.endswith(f"/act/{name}"))
    return person.submit(page, found, {}, follow=False)


def latest(host):
    with host.database.reading() as session:
        return audit.latest_checkpoint(session), audit.log_state(session)


def test_evidence_is_signed_before_its_answer_comes(host, person):
    answer = act(person, "evidence")

    checkpoint, state = latest(host)
    assert answer.status == 303
    assert (checkpoint.size, checkpoint.root) == (state.size, state.root)


def test_other_acts_wait_for_the_hour(host, person):
    assert act(person, "other").status == 303

    assert latest(host)[0] is None


def test_the_acts_that_count_as_evidence_are_acts_of_the_log():
    assert ACTIONS.keys() >= EVIDENCE


def test_a_signer_that_refuses_harms_no_act_and_leaves_a_line_in_the_log(host, person, capfd):
    act(person, "evidence")
    signed = host.settings.signer_path / "signed"
    content = json.loads(signed.read_text())
    content["signed"][0]["size"] += 100
    signed.write_text(json.dumps(content))

    answer = act(person, "evidence")

    checkpoint, state = latest(host)
    assert answer.status == 303
    assert checkpoint.size < state.size
    assert "checkpoint refused" in "".join(capfd.readouterr())


def test_a_signers_folder_that_cannot_be_read_harms_no_act(host, person):
    act(person, "evidence")
    (host.settings.signer_path / "key").write_text("no key")

    assert act(person, "evidence").status == 303


def test_every_note_that_was_signed_stands_in_the_signers_own_file(host, person):
    act(person, "evidence")
    first = latest(host)[0]
    act(person, "evidence")
    second = latest(host)[0]

    text = (host.settings.signer_path / "checkpoints").read_text()

    assert text == f"{first.note}\n{second.note}\n"
    assert Signer(host.settings.signer_path).signed()[second.origin].size == second.size


@pytest.mark.parametrize("role", [Role.FOCAL_POINT, Role.OFFICER, Role.AUDITOR])
def test_every_home_page_shows_the_latest_checkpoint(world, host, person, role):
    act(person, "evidence")

    page = world.visitor(world.person(role)).get("/")
    checkpoint = latest(host)[0]

    assert f"The log has {checkpoint.size} signed entries" in page.text
    assert checkpoint.root.hex()[:12] in page.text
    there = world.visitor(world.person(role)).get("/log/checkpoints")
    assert checkpoint.note.splitlines()[2] in there.text
    assert checkpoint.root.hex() in there.text.replace(" ", "")
    assert f"verify_receipt.py --key {audit.log_vkey(host.settings)} FILE.zip" in there.text
    assert audit.log_vkey(host.settings) in there.text
