"""The instance that is measured: 125 responses published, this year's edition open.

It is built by the demonstration's builder, so everything in it was made by the service functions
that the pages use. People have cheap passwords, except one officer whose hash is the real one.
"""

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import pyotp
import sqlalchemy as sa
from flask import Flask

from cooperation.access.context import RequestContext
from cooperation.access.rows import scope_of_actor
from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.core.clock import FixedClock
from cooperation.core.db import Database, make_engine
from cooperation.core.row_scope import AT_THE_DOOR, COMMANDING, enter
from cooperation.core.settings import Mode, Settings
from cooperation.demonstration.builder import build
from cooperation.demonstration.seasons import Size
from cooperation.demonstration.stage import Player, Stage
from cooperation.editions import service as editions
from cooperation.operation.serving import spare_collections
from cooperation.responses import service as responses
from cooperation.two_persons import service as two_persons
from cooperation.vault.invitation import Halves
from cooperation.vault.keyring import load_keyring
from cooperation.web.acts import ACTS
from cooperation.web.factory import create_app, make_server
from tests.fixtures.visitor import ApplicationLine, Visitor

PEOPLE = "people.json"
DRAFTING = 36
FULL = Size(
    last_year=125, published=0, proposed=0, reviewed=0, submitted=0, ready=12, drafting=DRAFTING
)
SMALLEST = replace(FULL, last_year=16, ready=2, drafting=3)
"""Enough for every task to be done, for nothing to be measured."""
STRONG_NAME = "Officer with a real password hash"
STRONG_EMAIL = "officer.strong@example.org"


def settings_of(folder: Path, *, light: bool, port: int = 8000) -> Settings:
    """Return the settings of the measured instance."""
    return Settings(
        instance_path=folder,
        mode=Mode.TEST,
        light_passwords=light,
        totp_step_up=True,
        port=port,
        boot_key_folder=folder / "boot",
    )


def build_ground(folder: Path, size: Size = FULL) -> None:
    """Build the instance and keep who can sign in."""
    settings = settings_of(folder, light=True)
    started = time.monotonic()

    def report(line: str) -> None:
        print(f"  {time.monotonic() - started:5.0f} s  {line}", flush=True)

    players = build(settings, size=size, report=report)
    keep_people(folder, [*players, strong_officer(folder, players)])


def keep_people(folder: Path, players: list[Player]) -> None:
    """Write down who can sign in; the last thing that makes an instance one to be measured."""
    kept = [{**asdict(player), "role": player.role.value} for player in players]
    for each in kept:
        each.update(cookie="", signed_in_at=None)
    (folder / PEOPLE).write_text(json.dumps(kept))


def strong_officer(folder: Path, players: list[Player]) -> Player:
    """Hire an officer whose password hash is the one of production."""
    settings = settings_of(folder, light=False)
    database = Database(make_engine(settings.database_address), AT_THE_DOOR)
    root = load_keyring(settings.keyring_path)
    clock = FixedClock(datetime.now(UTC))
    stage = Stage(settings, database, root, clock, list(players))
    head = next(each for each in players if each.role is Role.HEAD)
    second = next(each for each in players if each.role is Role.OFFICER)
    head.signed_in_at = second.signed_in_at = None
    officer = _hire(stage, head, second)
    stage.sign_everybody_out()
    database.engine.dispose()
    return officer


def _hire(stage: Stage, head: Player, second: Player) -> Player:
    """Let a head invite an officer and another officer approve it, as after the founding."""
    with stage.acting(head) as ctx:
        made = accounts.invite_person(
            ctx,
            name=STRONG_NAME,
            email=STRONG_EMAIL,
            role=Role.OFFICER,
            organ="",
            replaces=False,
        )
    with stage.acting(second) as ctx:
        waiting = [shown.act for shown in two_persons.open_acts(ctx, ACTS)]
        act = next(act for act in waiting if act.subject == made.id)
        two_persons.approve(ctx, ACTS, act.id, shown_hash=act.shown_hash)
    halves = Halves(made.token, made.code)
    officer = stage.activate(made.id, halves, Role.OFFICER, name=STRONG_NAME)
    return replace(officer, email=STRONG_EMAIL)


class Ground:
    """The built instance, opened in this process as a worker does, at a clock that stands still."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = settings_of(folder, light=False)
        self.clock = FixedClock(datetime.now(UTC))
        self.held = make_server(self.settings, clock=self.clock)
        self.database = self.held.database
        self._cookies: dict[str, str] = {}
        self.application = create_app(self.settings, self.held)
        self.forget_codes()
        spare_collections()

    def forget_codes(self) -> None:
        """Let codes count that were used a moment ago, by an earlier run or ahead of time."""
        with self.database.in_scope(COMMANDING).writing() as session:
            session.execute(sa.text("UPDATE people SET last_code_step = 0"))

    def forget_exports(self) -> None:
        """Let everybody export ten times again, on an instance that was kept."""
        with self.database.in_scope(COMMANDING).writing() as session:
            session.execute(sa.text("DELETE FROM attempts WHERE kind = 'export'"))

    @cached_property
    def players(self) -> list[Player]:
        """Everybody with an account."""
        names = {field.name for field in fields(Player)}
        kept = json.loads((self.folder / PEOPLE).read_text())
        return [
            Player(**{key: value for key, value in each.items() if key in names})
            for each in ({**one, "role": Role(one["role"])} for one in kept)
        ]

    def application_at(self, clock: FixedClock) -> Flask:
        """Return another application on the same database, with a clock of its own."""
        held = make_server(self.settings, database=self.database, clock=clock)
        return create_app(self.settings, held)

    @property
    def editions(self) -> tuple[str, str]:
        """Ids of last year's edition and this year's."""
        first, second = json.loads((self.folder / "demo.json").read_text())["editions"]
        return first["id"], second["id"]

    @cached_property
    def year(self) -> str:
        """This year's edition as addresses name it."""
        with self.acting(self.player(Role.OFFICER)) as ctx:
            return editions.edition_name(ctx.session, self.editions[1])

    def player(self, role: Role, state: str | None = None) -> Player:
        """Return the first person of this role, and of this State."""
        return next(each for each in self.players if each.role is role and each.state_code == state)

    @property
    def strong(self) -> Player:
        """The officer whose password costs what it costs in production."""
        return next(each for each in self.players if each.name == STRONG_NAME)

    def states_at(self, status: str) -> list[str]:
        """Return the States of this year's edition at a stage, without the two full ones."""
        with self.acting(self.player(Role.OFFICER)) as ctx:
            found = responses.progress(ctx.session, self.editions[1])
        return [
            each.state_code
            for each in found
            if each.status == status and each.state_code not in {"AF01", "WE01"}
        ]

    def door(self, player: Player) -> accounts.Door:
        """Return the door before which this person stands."""
        held = self.held
        return accounts.Door(
            held.database,
            held.root,
            held.settings,
            held.boot_key,
            self.clock.now(),
            player.address,
        )

    def cookie(self, player: Player) -> str:
        """Sign a person in once; return the cookie of her session."""
        if player.email not in self._cookies:
            door = self.door(player)
            pending = accounts.begin_sign_in(door, email=player.email, password=player.password)
            code = pyotp.TOTP(player.totp_secret).at(door.now)
            self._cookies[player.email] = accounts.finish_sign_in(
                door, pending=pending, code=code, browser="Benchmark"
            )
        return self._cookies[player.email]

    @contextmanager
    def acting(self, player: Player) -> Iterator[RequestContext]:
        """Give one transaction in which this person acts."""
        cookie = self.cookie(player)
        signed_in = accounts.reader_for_session(self.door(player), cookie=cookie)
        with signed_in.reader as reader, self.database.writing() as session:
            enter(session, scope_of_actor(signed_in.actor))
            yield RequestContext(
                session=session,
                actor=signed_in.actor,
                now=self.clock.now(),
                root=self.held.root,
                settings=self.settings,
                opened=reader,
            )

    def visitor(self, player: Player) -> Visitor:
        """Return somebody who is signed in."""
        visitor = visitor_of(self.application, self.settings)
        visitor.cookies[accounts.session_cookie(self.settings)] = self.cookie(player)
        return visitor


def visitor_of(application: Flask, settings: Settings) -> Visitor:
    """Return somebody in front of an application."""
    return Visitor(ApplicationLine(application, settings.base_url), settings.base_url)


def fresh_key(key: str) -> str:
    """Return another key of a form for the same person, as the page's script makes it."""
    return f"{secrets.token_hex(16)}.{key.partition('.')[2]}"
