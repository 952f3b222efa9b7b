"""A deadline hour: 32 people save at once on the real server; the memory of all its processes.

The server is `flask --app app serve` on loopback, workers and settings as in production. Each
person saves again as soon as she is answered, on a connection of her own each time.
"""

import threading
from statistics import median

from benchmarks.ground import Ground
from benchmarks.saving import Saved, Saver, at_once, save_together, savers_of, signed_in
from benchmarks.server import Server
from benchmarks.timing import Line, verdict_of
from cooperation.access.rules import Role
from tests.fixtures.visitor import Visitor

USERS = 32
SECONDS = 12.0
PEAK_SECONDS = 8.0
SAVES_EACH_SECOND = 60
SLOWEST_MILLISECONDS = 800
MEMORY_MIB = 400
WRONG_SIGN_INS = 3
_SAMPLE_EVERY = 0.2


def _saves_line(savers: list[Saver], saved: Saved) -> Line:
    facts = (
        not saved.failed,
        saved.rate >= SAVES_EACH_SECOND,
        saved.slowest < SLOWEST_MILLISECONDS,
    )
    ratio = f"p50 {median(saved.waited):.0f} ms, p95 {saved.slowest:.0f} ms"
    goal = f">= {SAVES_EACH_SECOND}/s, p95 < {SLOWEST_MILLISECONDS} ms{saved.refused}"
    name = f"saves by {len(savers)} users"
    return Line(name, f"{saved.rate:.0f}/s", "", ratio, goal, verdict_of(*facts))


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
    for path in ("export", "questions/B-14"):
        page = visitor.get(f"/published/{edition}/{path}", follow=False)
        assert page.status == 200, (path, page.status, page.text[:300])


def _make_notes(ground: Ground, visitor: Visitor) -> None:
    """Prepare 125 notes as an officer does, step by step."""
    page = visitor.get(f"/notes/prepare/{ground.editions[1]}")
    page = visitor.submit(page, page.form(has="reference"))
    while forms := [form for form in page.forms if form.action.endswith("/continue")]:
        page = visitor.submit(page, forms[0])
    assert page.status == 200, (page.status, page.text[:300])


def _guess(server: Server, number: int) -> None:
    """Try to sign in with an unknown name, which costs a whole hash."""
    visitor = server.visitor()
    page = visitor.get("/sign-in")
    fields = {"email": f"nobody.{number}@example.org", "password": "not a password at all"}
    visitor.submit(page, page.form(has="password"), fields)


def _save_unrefused(savers: list[Saver], seconds: float) -> None:
    saved = save_together(savers, seconds)
    assert not saved.failed, saved.refused


def _peak_line(ground: Ground, server: Server, savers: list[Saver], seconds: float) -> Line:
    """Do at once what takes memory: saves, exports, notes, password hashes."""
    court = signed_in(server, ground.player(Role.COURT_READER))
    officer = signed_in(server, ground.player(Role.OFFICER))
    with Peak(server) as peak:
        at_once(
            [
                lambda: _save_unrefused(savers, seconds),
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


def lines(ground: Ground, server: Server, *, share: float = 1.0) -> list[Line]:
    """Let 32 people save at once, then fill the memory; for a share of the usual time."""
    savers = savers_of(ground, server, USERS)
    save_together(savers, 2.0 * share)
    saved = save_together(savers, SECONDS * share)
    peak = _peak_line(ground, server, savers, PEAK_SECONDS * share)
    return [_saves_line(savers, saved), peak]
