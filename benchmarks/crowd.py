"""A deadline hour: 32 people save at once on the real server; the memory of all its processes.

The server is `flask --app app serve` on loopback, workers and settings as in production. Each
person saves again as soon as she is answered, on a connection of her own each time.
"""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from statistics import median, quantiles
from urllib.parse import urlencode

from benchmarks.answering import PART, changed, part_address, part_of
from benchmarks.ground import Ground, fresh_key
from benchmarks.server import Server
from benchmarks.timing import Line, verdict_of
from cooperation.access.rules import Role
from cooperation.editions.rules import Part
from cooperation.web.demonstration.stage import Player
from tests.fixtures.visitor import FORM_TYPE, Form, Visitor

USERS = 32
SECONDS = 12.0
PEAK_SECONDS = 8.0
SAVES_EACH_SECOND = 60
SLOWEST_MILLISECONDS = 800
MEMORY_MIB = 400
WRONG_SIGN_INS = 3
_SAMPLE_EVERY = 0.2


@dataclass
class Saver:
    """One of those who save all the time."""

    visitor: Visitor
    address: str
    part: Part
    form: Form
    waited: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def save_until(self, end: float) -> None:
        """Save again and again; a refused save is kept with its reason."""
        for turn in count():
            if time.monotonic() >= end:
                return
            fields = changed(self.form, self.part, turn)
            fields["_key"] = [fresh_key(fields["_key"][0])]
            body = urlencode(fields, doseq=True).encode()
            headers = {"Content-Type": FORM_TYPE, "X-Requested-With": "autosave"}
            started = time.perf_counter()
            try:
                page = self.visitor.send("POST", self.address, body, headers)
            except OSError as error:
                self.failed.append(str(error))
                continue
            self.waited.append((time.perf_counter() - started) * 1000)
            self._take(page.status, page.body)

    def _take(self, status: int, body: bytes) -> None:
        if status != 200:
            self.failed.append(f"{status}")
            return
        for name, version in json.loads(body)["versions"].items():
            if name in self.form.fields:
                self.form.fields[name] = [str(version)]


def _saver(ground: Ground, server: Server, player: Player) -> Saver:
    visitor = server.visitor()
    visitor.sign_in(vars(player))
    address = part_address(ground, PART)
    form = visitor.get(address).form(has="_key", action=address)
    return Saver(visitor, address, part_of(ground), form)


def _at_once(works: list[Callable[[], object]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _save_together(savers: list[Saver], seconds: float) -> float:
    """Let all save for some seconds; return how long it took."""
    for saver in savers:
        saver.waited.clear()
        saver.failed.clear()
    started = time.monotonic()
    end = started + seconds
    _at_once([lambda saver=saver: saver.save_until(end) for saver in savers])  # type: ignore[misc]
    return time.monotonic() - started


def _saves_line(savers: list[Saver], took: float) -> Line:
    waited = [each for saver in savers for each in saver.waited]
    failed = [each for saver in savers for each in saver.failed]
    rate, slowest = len(waited) / took, quantiles(waited, n=20)[-1]
    facts = (not failed, rate >= SAVES_EACH_SECOND, slowest < SLOWEST_MILLISECONDS)
    ratio = f"p50 {median(waited):.0f} ms, p95 {slowest:.0f} ms"
    goal = f">= {SAVES_EACH_SECOND}/s, p95 < {SLOWEST_MILLISECONDS} ms"
    if failed:
        goal += f"; {len(failed)} refused: {failed[0]}"
    return Line(f"saves by {USERS} users", f"{rate:.0f}/s", "", ratio, goal, verdict_of(*facts))


class Peak:
    """Watches the memory of a server."""

    def __init__(self, server: Server) -> None:
        self.mib = 0.0
        self._server = server
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def _watch(self) -> None:
        while not self._ended.wait(_SAMPLE_EVERY):
            self.mib = max(self.mib, self._server.memory_mib())

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()


def _read_all(ground: Ground, visitor: Visitor) -> None:
    """Export the edition and look at a figure, as the Court does."""
    edition = ground.editions[0]
    assert visitor.get(f"/published/{edition}/export").status == 200
    assert visitor.get(f"/published/{edition}/questions/B-14").status == 200


def _make_notes(ground: Ground, visitor: Visitor) -> None:
    """Prepare 125 notes as an officer does, step by step."""
    page = visitor.get(f"/notes/prepare/{ground.editions[1]}")
    page = visitor.submit(page, page.form(has="reference"))
    for _step in range(60):
        forms = [form for form in page.forms if form.action.endswith("/continue")]
        if not forms:
            return
        page = visitor.submit(page, forms[0])


def _guess(server: Server, number: int) -> None:
    """Try to sign in with an unknown name, which costs a whole hash."""
    visitor = server.visitor()
    page = visitor.get("/sign-in")
    fields = {"email": f"nobody.{number}@example.org", "password": "not a password at all"}
    visitor.submit(page, page.form(has="password"), fields)


def _signed_in(server: Server, player: Player) -> Visitor:
    visitor = server.visitor()
    visitor.sign_in(vars(player))
    return visitor


def _peak_line(ground: Ground, server: Server, savers: list[Saver]) -> Line:
    """Do at once what takes memory: saves, exports, notes, password hashes."""
    court = _signed_in(server, ground.player(Role.COURT_READER))
    officer = _signed_in(server, ground.player(Role.OFFICER))
    with Peak(server) as peak:
        _at_once(
            [
                lambda: _save_together(savers, PEAK_SECONDS),
                lambda: _read_all(ground, court),
                lambda: _make_notes(ground, officer),
                *(lambda number=number: _guess(server, number) for number in range(WRONG_SIGN_INS)),  # type: ignore[misc]
            ]
        )
    return Line(
        f"memory of all {len(server.processes())} processes at peak",
        f"{peak.mib:.0f} MiB",
        "",
        "",
        f"<= {MEMORY_MIB} MiB",
        verdict_of(0 < peak.mib <= MEMORY_MIB),
    )


def lines(ground: Ground, server: Server) -> list[Line]:
    """Let 32 people save at once, then fill the memory; return the table's lines."""
    ground.forget_codes()
    states = ground.states_at("drafting")[:USERS]
    players = [ground.player(Role.FOCAL_POINT, state) for state in states]
    savers = [_saver(ground, server, player) for player in players]
    _save_together(savers, 2.0)
    took = _save_together(savers, SECONDS)
    return [_saves_line(savers, took), _peak_line(ground, server, savers)]
