"""Saves read before they take the lock: what happens in between is never overwritten."""

import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from cooperation.access.rules import Role
from cooperation.responses.drafting.service import writing
from tests.fixtures.responses import part_path, saved
from tests.fixtures.visitor import FORM_TYPE


@pytest.fixture
def focal(answering_world):
    visitor = answering_world.visitor(answering_world.person(Role.FOCAL_POINT, "AF01"))
    saved(visitor, "A1", {"A-06": "yes", "A-07": "First words"})
    return visitor


@pytest.fixture
def colleague(answering_world):
    return answering_world.visitor(answering_world.person(Role.CONTRIBUTOR, "AF01"))


@pytest.fixture
def between(monkeypatch):
    """Do something once, when a save has sealed its texts and does not hold the lock yet."""
    reached = []

    def arrange(act):
        def reach(point):
            if point == "saving.sealed":
                reached.append(point)
                if len(reached) == 1:  # by a thread of its own: requests of one share their context
                    with ThreadPoolExecutor(1) as elsewhere:
                        elsewhere.submit(act).result()

        monkeypatch.setattr(writing, "reach", reach)
        return reached

    return arrange


def form_of(visitor):
    return visitor.get(part_path("A1")).form(has="then").fields


def send(visitor, fields):
    body = urlencode(fields, doseq=True).encode()
    headers = {"Content-Type": FORM_TYPE, "X-Requested-With": "autosave"}
    return visitor.send("POST", part_path("A1"), body, headers)


def kept(visitor):
    (text,) = form_of(visitor)["A-07"]
    return text


def test_who_comes_second_is_told_of_the_colleagues_text(focal, colleague, between):
    fields = form_of(focal) | {"A-07": ["Mine"]}
    reached = between(lambda: saved(colleague, "A1", {"A-07": "The colleague's"}))

    reply = send(focal, fields)

    told = json.loads(reply.body)
    assert (told["status"], told["left_out"]) == ("partly", ["A-07"])
    assert kept(focal) == "The colleague's"
    assert len(reached) == 2, "the colleague's, and her own first attempt"


def test_another_question_of_a_colleague_is_kept_beside_it(focal, colleague, between):
    fields = form_of(focal) | {"A-07": ["Mine"]}
    between(lambda: saved(colleague, "A1", {"A-06": "no"}))

    reply = send(focal, fields)

    assert json.loads(reply.body)["status"] == "saved"
    assert (kept(focal), form_of(focal)["A-06"]) == ("Mine", ["no"])


def test_another_states_save_is_no_reason_to_begin_again(answering_world, focal, between):
    other = answering_world.visitor(answering_world.person(Role.FOCAL_POINT, "AF02"))
    saved(other, "A1", {"A-07": "Begun"})
    fields = form_of(focal) | {"A-07": ["Mine"]}
    reached = between(lambda: saved(other, "A1", {"A-07": "Of the other State"}))

    reply = send(focal, fields)

    assert json.loads(reply.body)["status"] == "saved"
    assert kept(focal) == "Mine"
    assert len(reached) == 2, "the other State's, and hers, once"


def test_a_response_marked_ready_in_between_stays_as_it_is(
    focal, colleague, between, answer_everything
):
    answer_everything()
    saved(focal, "A1", {"A-07": "First words"})
    fields = form_of(focal) | {"A-07": ["Mine"]}
    home = focal.get("/response/2026/sign")
    between(lambda: focal.submit(home, home.form(action="/response/2026/ready")))

    reply = send(focal, fields)

    assert (reply.status, json.loads(reply.body)["status"]) == (409, "ready")
    shown = colleague.get(part_path("A1")).text
    assert "First words" in shown
    assert "Mine" not in shown


def test_whoever_was_signed_out_in_between_has_written_nothing(
    answering_world, focal, colleague, between
):
    fields = form_of(focal) | {"A-07": ["Mine"]}
    page = focal.get("/")
    between(lambda: focal.submit(page, page.form(action="/sign-out")))

    reply = send(focal, fields)

    assert (reply.status, json.loads(reply.body)["status"]) == (401, "signed_out")
    assert kept(colleague) == "First words"


def test_the_same_form_sent_twice_at_once_counts_once(focal, colleague, between):
    fields = form_of(focal) | {"A-07": ["Mine"]}
    replies = []
    between(lambda: replies.append(send(focal, fields)))

    replies.append(send(focal, fields))

    assert [reply.status for reply in replies] == [200, 200]
    assert replies[0].body == replies[1].body
    (version,) = form_of(colleague)["A-07.version"]
    assert version.startswith("2-")
