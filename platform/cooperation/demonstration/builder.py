"""Build a demonstration: last year's edition published, this year's open and at every stage.

Raises `NotADemonstrationError` for any folder that already holds something else.
"""

import json
import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from cooperation.access.rules import Role
from cooperation.core.clock import FixedClock
from cooperation.core.errors import Conflict
from cooperation.core.row_scope import AT_THE_DOOR
from cooperation.core.settings import Mode, Settings
from cooperation.core.text import _
from cooperation.demonstration import cast, rounds, seasons
from cooperation.demonstration.seasons import Size
from cooperation.demonstration.stage import Player, Stage
from cooperation.operation.founding import RECORD, found
from cooperation.register import service as register

LETTERS_LIVE = timedelta(days=30)
Report = Callable[[str], None]


class NotADemonstrationError(Conflict):
    """The folder holds an instance that is not a finished demonstration."""

    sentence = _("This folder holds another instance; a demonstration needs a folder of its own.")


FULL = Size(last_year=90, published=24, proposed=6, reviewed=6, submitted=8, ready=3, drafting=18)


def build(settings: Settings, *, size: Size, report: Report) -> list[Player]:
    """Fill a new instance, write `demo.json` and return all who play.

    `report` gets one line for each step.
    """
    if settings.mode is Mode.PRODUCTION or _is_taken(settings):
        raise NotADemonstrationError
    now = datetime.now(UTC)
    opens_on = rounds.working_day((now - timedelta(days=45)).date())
    opened_before = rounds.working_day(opens_on - timedelta(days=365))
    clock = FixedClock(
        datetime.combine(opened_before, datetime.min.time(), UTC) - timedelta(days=20)
    )
    founded = found(settings, clock)
    if founded.first_invitation is None:
        raise NotADemonstrationError
    stage = Stage(settings, founded.database.in_scope(AT_THE_DOOR), founded.root, clock)
    report("Founding the Secretariat, the Court and the co-facilitators")
    bodies = cast.found_bodies(stage, *founded.first_invitation)
    editions = _play(stage, bodies, size, (opened_before, opens_on), report)
    stage.sign_everybody_out()
    _write_record(settings, stage, editions)
    founded.database.engine.dispose()
    return stage.players


def _is_taken(settings: Settings) -> bool:
    path = settings.instance_path
    return path.exists() and any(each.name != "boot" for each in path.iterdir())


def _play(
    stage: Stage,
    bodies: dict[Role, Player],
    size: Size,
    days: tuple[date, date],
    report: Report,
) -> list[dict[str, str]]:
    opened_before, opens_on = days
    with stage.database.reading() as session:
        states = cast.in_turn(register.parties_on(session, opened_before))
    taking_part = states[: max(size.last_year, size.this_year + len(cast.SHOWN_STATES))]
    report(f"Last year's edition: notes verbales to {len(states)} States")
    last = rounds.open_round(stage, bodies, opened_before, seed="2025")
    rounds.issue_notes(last)
    report(f"Accounts of {len(taking_part)} States")
    teams = cast.gather(stage, bodies[Role.HEAD], taking_part, ends_on=days[1] + LETTERS_LIVE)
    cast.enter_addresses(stage, bodies[Role.OFFICER], states[: size.addressed])
    report(f"Last year's edition: {size.last_year} responses, signed, reviewed, published")
    seasons.play_last_year(last, teams, size.last_year)
    seasons.read_shown(last, teams[: size.last_year], bodies[Role.COURT_READER])
    report(f"This year's edition: notes verbales to {len(states)} States")
    this = rounds.open_round(stage, bodies, opens_on, seed="2026")
    rounds.issue_notes(this)
    report(
        f"This year's edition: {size.this_year + len(cast.SHOWN_STATES)} responses at every stage"
    )
    seasons.play_this_year(this, teams, size)
    return [
        {"id": last.edition_id, "status": "closed"},
        {"id": this.edition_id, "status": "open"},
    ]


def _write_record(settings: Settings, stage: Stage, editions: list[dict[str, str]]) -> None:
    people = [_person(player) for player in stage.players if _is_shown(player)]
    record = {"base_url": settings.base_url, "people": people, "editions": editions}
    path = settings.instance_path / RECORD
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(record, file, indent=1)


def _is_shown(player: Player) -> bool:
    return player.state_code is None or player.state_code in cast.SHOWN_STATES


def _person(player: Player) -> dict[str, str | None]:
    return {
        "role": player.role.value,
        "state": player.state_code,
        "name": player.name,
        "email": player.email,
        "password": player.password,
        "totp_secret": player.totp_secret,
    }
