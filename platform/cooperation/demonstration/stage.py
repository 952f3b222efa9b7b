"""The stage of the demonstration: a clock, the doors, and people who sign in with passwords.

The builder knows each password because it has just made the account; nothing here opens content
for anybody who is not signed in.
"""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pyotp

from cooperation.access.context import RequestContext
from cooperation.access.rows import scope_of_actor
from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.core.clock import FixedClock
from cooperation.core.db import Database
from cooperation.core.row_scope import enter
from cooperation.core.settings import Settings
from cooperation.vault.invitation import Halves
from cooperation.vault.passwords import new_passphrase
from cooperation.vault.root import RootKeys
from cooperation.vault.sessions import boot_key

CODE_STEP = timedelta(seconds=60)
SESSION_LIFE = timedelta(minutes=4)
BROWSER = "Demonstration builder"


def address_of(role: Role, number: int, state: str | None) -> str:
    """Return an invented e-mail address at the role's own institution."""
    place = (state or (role.body.address if role.body.is_office else "platform")).lower()
    return f"{role.value.replace('_', '-')}.{number}@{place}.example.org"


@dataclass
class Player:
    """A person of the demonstration with what she signs in with."""

    role: Role
    state_code: str | None
    name: str
    email: str
    password: str
    totp_secret: str
    number: int
    cookie: str = ""
    signed_in_at: datetime | None = None

    @property
    def address(self) -> str:
        """Her address in the network, her own, as attempts are counted by address too."""
        return f"10.{self.number >> 8}.{self.number & 255}.1"


@dataclass
class Stage:
    """An instance being filled, at the instant that `clock` shows."""

    settings: Settings
    database: Database
    root: RootKeys
    clock: FixedClock
    players: list[Player] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._boot_key = boot_key(accounts.boot_folder(self.settings, self.root))

    def door(self, address: str) -> accounts.Door:
        """Return the door at this instant."""
        return accounts.Door(
            self.database,
            self.root,
            self.settings,
            self._boot_key,
            self.clock.now(),
            address,
        )

    def activate(
        self, invitation_id: str, halves: Halves, role: Role, *, name: str, state: str | None = None
    ) -> Player:
        """Activate an invitation as its newcomer does, with a passphrase of the platform's."""
        number = len(self.players) + 1
        email = address_of(role, number, state)
        door = self.door(f"10.{number >> 8}.{number & 255}.1")
        passphrase = new_passphrase()
        begun = accounts.begin_activation(
            door,
            invitation_id=invitation_id,
            halves=halves,
            password=passphrase,
            name=name,
            email=email,
        )
        secret = base64.b32encode(begun.totp_seed).decode()
        code = accounts.code_at(begun.totp_seed, self.clock.now())
        accounts.finish_activation(
            door, cookie=begun.cookie, invitation_id=invitation_id, code=code
        )
        player = Player(role, state, name, email, passphrase, secret, number)
        self.players.append(player)
        return player

    def invite(self, inviter: Player, role: Role, *, name: str) -> Player:
        """Let one person invite another, who activates at once."""
        email = address_of(role, len(self.players) + 1, inviter.state_code)
        with self.acting(inviter) as ctx:
            made = accounts.invite_person(
                ctx, name=name, email=email, role=role, organ="", replaces=False
            )
        halves = Halves(made.token, made.code)
        player = self.activate(made.id, halves, role, name=name, state=inviter.state_code)
        player.email = email
        return player

    def sign_in(self, player: Player) -> None:
        """Sign a person in, a minute later, so that her code is a new one."""
        self.clock.move(CODE_STEP)
        door = self.door(player.address)
        pending = accounts.begin_sign_in(door, email=player.email, password=player.password)
        code = pyotp.TOTP(player.totp_secret).at(self.clock.now())
        player.cookie = accounts.finish_sign_in(door, pending=pending, code=code, browser=BROWSER)
        player.signed_in_at = self.clock.now()

    @contextmanager
    def acting(self, player: Player) -> Iterator[RequestContext]:
        """Give one transaction in which this person acts, signed in within the last minutes."""
        now = self.clock.now()
        if player.signed_in_at is None or now - player.signed_in_at > SESSION_LIFE:
            self.sign_in(player)
        signed_in = accounts.reader_for_session(self.door(player.address), cookie=player.cookie)
        with signed_in.reader as reader, self.database.writing() as session:
            enter(session, scope_of_actor(signed_in.actor))
            yield RequestContext(
                session=session,
                actor=signed_in.actor,
                now=self.clock.now(),
                root=self.root,
                settings=self.settings,
                opened=reader,
            )

    def sign_everybody_out(self) -> None:
        """End the sessions that have not ended by themselves: a new demonstration has nobody in."""
        for player in self.players:
            if player.signed_in_at is not None and self._is_signed_in(player):
                player.signed_in_at = self.clock.now()
                with self.acting(player) as ctx:
                    accounts.end_all_sessions(ctx)
            player.signed_in_at = None

    def _is_signed_in(self, player: Player) -> bool:
        try:
            accounts.reader_for_session(self.door(player.address), cookie=player.cookie)
        except accounts.SignInOver:
            return False
        return True
