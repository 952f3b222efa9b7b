"""People who save one part again and again on the real server, and work done at the same time."""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from statistics import quantiles
from urllib.parse import urlencode

from benchmarks.answering import PART, changed, part_address, part_of
from benchmarks.ground import Ground, fresh_key
from benchmarks.server import Server
from cooperation.access.rules import Role
from cooperation.demonstration.stage import Player
from cooperation.editions.rules import Part
from tests.fixtures.visitor import FORM_TYPE, Form, Visitor


@dataclass
class Saver:
    """A person with her part open. `waited` are milliseconds, `failed` reasons of refusals."""

    visitor: Visitor
    address: str
    part: Part
    form: Form
    waited: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def save_until(self, end: float) -> None:
        """Save again and again until then."""
        for turn in count():
            if time.monotonic() >= end:
                return
            self.save(turn, time.monotonic())

    def save(self, turn: int, since: float) -> None:
        """Save once, waiting since that moment; a refused save is kept with its reason."""
        fields = changed(self.form, self.part, turn)
        fields["_key"] = [fresh_key(fields["_key"][0])]
        headers = {"Content-Type": FORM_TYPE, "X-Requested-With": "autosave"}
        try:
            body = urlencode(fields, doseq=True).encode()
            page = self.visitor.send("POST", self.address, body, headers)
        except OSError as error:
            self.failed.append(str(error))
            return
        self.waited.append((time.monotonic() - since) * 1000)
        if page.status != 200:
            self.failed.append(str(page.status))
            return
        reply = json.loads(page.body)
        if reply["status"] != "saved":
            self.failed.append(f"{reply['status']}: {', '.join(reply['left_out'])}")
        for name, version in reply["versions"].items():
            if name in self.form.fields:
                self.form.fields[name] = [str(version)]


def signed_in(server: Server, player: Player) -> Visitor:
    """Return this person, signed in over HTTP."""
    visitor = server.visitor()
    page = visitor.sign_in(vars(player))
    assert page.status == 200, (page.status, page.text[:300])
    return visitor


def savers_of(ground: Ground, server: Server, number: int) -> list[Saver]:
    """Return up to so many focal points of different States, each with the part open."""
    ground.forget_codes()
    address, part = part_address(ground, PART), part_of(ground)
    made = []
    for state in ground.states_at("drafting")[:number]:
        visitor = signed_in(server, ground.player(Role.FOCAL_POINT, state))
        form = visitor.get(address).form(has="_key", action=address)
        made.append(Saver(visitor, address, part, form))
    return made


def at_once(works: Sequence[Callable[[], object]]) -> None:
    """Do all works at the same time; raise what the first that failed raised."""
    with ThreadPoolExecutor(len(works)) as pool:
        for each in [pool.submit(work) for work in works]:
            each.result()


@dataclass(frozen=True)
class Saved:
    """What some people saved in some seconds; `waited` in milliseconds."""

    waited: tuple[float, ...]
    failed: tuple[str, ...]
    seconds: float

    @property
    def rate(self) -> float:
        """Saves a second."""
        return (len(self.waited) - len(self.failed)) / self.seconds

    @property
    def slowest(self) -> float:
        """The 95th of hundred, in milliseconds."""
        return quantiles(self.waited, n=20)[-1]

    @property
    def refused(self) -> str:
        """In words how many were refused, and why the first; nothing where none was."""
        return f"; {len(self.failed)} refused: {self.failed[0]}" if self.failed else ""


def save_together(
    savers: Sequence[Saver],
    seconds: float,
    beside: Iterable[Callable[[float], object]] = (),
) -> Saved:
    """Let all save for some seconds, other work beside them, which is told when to end."""
    for saver in savers:
        saver.waited.clear()
        saver.failed.clear()
    started = time.monotonic()
    end = started + seconds
    works = [*(saver.save_until for saver in savers), *beside]
    at_once([lambda work=work: work(end) for work in works])  # type: ignore[misc]
    return Saved(
        tuple(each for saver in savers for each in saver.waited),
        tuple(each for saver in savers for each in saver.failed),
        max(seconds, time.monotonic() - started),
    )
