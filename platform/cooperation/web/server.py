"""What one process holds: settings, database, root keys, clock, boot key."""

from dataclasses import dataclass, field
from functools import cached_property

from flask import current_app

from cooperation.core.clock import Clock
from cooperation.core.db import Database
from cooperation.core.settings import Settings
from cooperation.vault.root import RootKeys
from cooperation.web.space import SpaceWatch
from cooperation.web.turns import Turns

EXTENSION = "cooperation"


@dataclass(frozen=True)
class Server:
    """One process of one instance."""

    settings: Settings
    database: Database
    root: RootKeys
    clock: Clock
    boot_key: bytes
    edition_names: dict[str, str] = field(default_factory=dict)
    """What editions are called, by id: neither changes."""
    space: SpaceWatch = field(default_factory=lambda: SpaceWatch({}, 0))

    @cached_property
    def exports(self) -> Turns:
        """The queue of exports of this host's processes."""
        return Turns(self.settings.instance_path / "exports.turn")

    def __repr__(self) -> str:
        return "<server>"


def server() -> Server:
    """Return the server behind the current request."""
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Server)  # noqa: S101 - put there by the factory alone
    return found
