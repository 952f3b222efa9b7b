"""What one request carries into the services: session, actor, reader, time, root keys."""

from dataclasses import dataclass
from datetime import datetime

from cooperation.access.rules import Actor
from cooperation.core.db import Session
from cooperation.core.settings import Settings
from cooperation.vault.reader import Reader
from cooperation.vault.root import RootKeys


class NoReaderError(RuntimeError):
    """A service asked for content while nobody is signed in: a programming error."""


@dataclass(frozen=True)
class RequestContext:
    """One signed-in person's request. `root` are the server's keys, `now` the server's time."""

    session: Session
    actor: Actor
    now: datetime
    root: RootKeys
    settings: Settings
    opened: Reader | None = None

    @property
    def reader(self) -> Reader:
        """The person's opened keys; raises `NoReaderError` where there are none."""
        if self.opened is None:
            raise NoReaderError("no reader in this context")
        return self.opened
