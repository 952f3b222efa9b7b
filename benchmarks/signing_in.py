"""Sign-in with the password hash of production: both pages, over WSGI."""

from dataclasses import dataclass
from datetime import timedelta

import pyotp

from benchmarks.ground import Ground, visitor_of
from benchmarks.limits import HASH
from benchmarks.timing import Task
from cooperation.core.clock import FixedClock
from tests.fixtures.visitor import Page, Visitor

TWO_CODES = timedelta(seconds=60)


@dataclass
class AtTheDoor:
    """Somebody in front of the page of sign-in."""

    visitor: Visitor
    page: Page


def tasks(ground: Ground) -> list[Task]:
    """Return what is measured of signing in: from the first page's answer to the session."""
    player = ground.strong
    clock = FixedClock(ground.clock.now())
    application = ground.application_at(clock)

    def prepare() -> AtTheDoor:
        clock.move(TWO_CODES)
        visitor = visitor_of(application, ground.settings)
        return AtTheDoor(visitor, visitor.get("/sign-in"))

    def run(prepared: object) -> None:
        assert isinstance(prepared, AtTheDoor)
        visitor, page = prepared.visitor, prepared.page
        fields = {"email": player.email, "password": player.password}
        page = visitor.submit(page, page.form(has="password"), fields)
        code = pyotp.TOTP(player.totp_secret).at(clock.now())
        sent = visitor.submit(page, page.form(has="code"), {"code": code}, follow=False)
        assert sent.status == 303, (sent.status, sent.text[:300])

    return [Task("sign in, password and code", run, prepare, bases=(HASH,), at_most=1.5)]
