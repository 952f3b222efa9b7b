"""Refused requests leave a line for whoever watches the machine."""

from structlog.testing import capture_logs

from cooperation.access.rules import Role


def lines_of(logs):
    return [each for each in logs if each["event"] == "request refused"]


def test_a_refused_request_is_one_line_without_what_was_sent(world):
    person = world.person(Role.CONTRIBUTOR, "AF01")
    visitor = world.visitor(person)

    with capture_logs() as logs:
        visitor.get("/set-up?secret=an-answer")

    (line,) = lines_of(logs)
    assert line["status"] == 403
    assert line["person"] == person.person_id
    assert line["institution"] == "state"
    assert "an-answer" not in str(line)


def test_what_is_allowed_leaves_no_such_line(visitor):
    with capture_logs() as logs:
        assert visitor.get("/sign-in").status == 200

    assert lines_of(logs) == []


def test_a_stranger_at_no_address_is_a_line_too(visitor):
    with capture_logs() as logs:
        visitor.get("/nowhere/at/all")

    (line,) = lines_of(logs)
    assert (line["status"], line["view"], line["person"]) == (404, "none", None)
