"""Every reader gets a file under the name that its State gave it, from the real server."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import pytest
from werkzeug.http import parse_options_header

from cooperation.access.rules import Role
from cooperation.demonstration import rounds
from cooperation.responses import service as responses
from tests.fixtures.file_names import FILE_NAMES
from tests.fixtures.instance import Instance
from tests.fixtures.rehearsal import OTHER, OWN, Rehearsal, open_rehearsal
from tests.fixtures.rehearsed import PDF, answer_everything, players_of, round_of, submit_as
from tests.fixtures.visitor import Visitor

QUESTION = "B-09"
NAMES = {OWN: FILE_NAMES[::2], OTHER: FILE_NAMES[1::2]}
STATE_DOORS = {
    "draft": "/response/{edition}/files/{question}/{file}",
    "submitted": "/response/submissions/{submission}/files/{question}/{file}",
}
SECRETARIAT_DOOR = "/review/{edition}/{state}/files/{question}/{file}"
READERS_DOOR = "/published/{edition}/states/{state}/files/{question}/{file}"


@pytest.fixture(scope="module")
def rehearsed(
    small_instance: Instance, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Instance, dict[str, dict[str, str]]]]:
    """Two States have published ten files each; where each file is, by its name."""
    instance = small_instance.copy_to(tmp_path_factory.mktemp("names") / "instance")
    now = datetime.now(UTC).replace(microsecond=0)
    made = open_rehearsal(instance.settings(), now, players_of(instance))
    edition = next(each["id"] for each in instance.editions if each["status"] == "open")
    places = {
        name: place | {"edition": edition, "state": state, "question": QUESTION}
        for state in (OWN, OTHER)
        for name, place in _publish(made, edition, state).items()
    }
    made.close()
    return instance, places


def _publish(made: Rehearsal, edition: str, state: str) -> dict[str, dict[str, str]]:
    """Add a State's files, submit and publish; return where each file is, by its name."""
    round_ = round_of(made, edition)
    answer_everything(made, round_, state, {})
    with made.stage.acting(made.player(Role.FOCAL_POINT, state)) as ctx:
        files = {
            name: responses.add_file(
                ctx, edition_id=edition, question_code=QUESTION, name=name, content=PDF
            ).id
            for name in NAMES[state]
        }
    submit_as(made, round_, state)
    rounds.approve(round_, [state])
    rounds.publish(round_, [state])
    with made.stage.acting(made.player(Role.FOCAL_POINT, state)) as ctx:
        found = responses.latest_submission(ctx, edition, state)
    assert found is not None
    return {name: {"file": file, "submission": found.id} for name, file in files.items()}


@pytest.fixture(scope="module")
def read(rehearsed, serve_module):
    """Open a file as a reader through a door; return status, type, name and bytes."""
    instance, _places = rehearsed
    server = serve_module(instance)
    server.move_clock(3600)  # the codes of the round were used
    seated: dict[tuple[str, str | None], Visitor] = {}

    def open_as(role: Role, state: str | None, door: str, place: Mapping[str, str]):
        if (role, state) not in seated:
            visitor = seated[role, state] = server.visitor()
            visitor.sign_in(instance.person(role, state), server.now())
        page = seated[role, state].get(door.format(**place))
        header = page.headers.get("content-disposition", "")
        return page.status, parse_options_header(header)[1].get("filename"), page.body

    return open_as


@pytest.mark.parametrize("name", FILE_NAMES)
def test_a_file_comes_back_whole_under_its_name_at_every_door(rehearsed, read, name):
    place = rehearsed[1][name]
    own, other = (OWN, OTHER) if name in NAMES[OWN] else (OTHER, OWN)
    whole = (200, name, PDF)

    assert read(Role.FOCAL_POINT, own, STATE_DOORS["draft"], place) == whole
    assert read(Role.FOCAL_POINT, own, STATE_DOORS["submitted"], place) == whole
    assert read(Role.OFFICER, None, SECRETARIAT_DOOR, place) == whole
    assert read(Role.COURT_READER, None, READERS_DOOR, place) == whole
    assert read(Role.FOCAL_POINT, other, READERS_DOOR, place) == whole
