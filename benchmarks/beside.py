"""Readers beside writers: what saving loses while others read what is logged.

Every rate is compared with that of the same people saving alone, in the same run. Exports are taken
by one account after another: each may take ten an hour.
"""

import time
from collections.abc import Callable, Iterator
from itertools import chain, cycle, islice, repeat
from statistics import median

from benchmarks.ground import Ground
from benchmarks.saving import Saved, Saver, save_together, savers_of, signed_in
from benchmarks.server import Server
from benchmarks.timing import Line, verdict_of
from cooperation.access.rules import Role
from tests.fixtures.visitor import Visitor

SAVERS = 8
SECONDS = 8.0
LEAST_OF_ALONE = 0.6
SLOWEST_MILLISECONDS = 400
EXPORTS_OF_ONE = 9
ACCOUNTS_OF_ONE = 4


class Reader:
    """Reads again and again, and counts."""

    def __init__(self, address: str, visitors: Iterator[Visitor]) -> None:
        self.times = 0
        self._address = address
        self._visitors = visitors

    def read_until(self, end: float) -> None:
        """Read until then; whoever is refused ends the bench."""
        while time.monotonic() < end:
            page = next(self._visitors).get(self._address, follow=False)
            assert page.status == 200, (self._address, page.status, page.text[:300])
            self.times += 1


def _readers(ground: Ground, server: Server) -> Callable[[int, str, int, int], list[Reader]]:
    """Return who makes readers: of accounts that nobody else uses, of States that do not draft."""
    drafting = set(ground.states_at("drafting"))
    accounts_left = (
        each
        for each in ground.players
        if each.role in {Role.SIGNATORY, Role.FOCAL_POINT} and each.state_code not in drafting
    )

    def make(number: int, path: str, accounts: int, reads_of_one: int) -> list[Reader]:
        made = []
        for _turn in range(number):
            players = list(islice(accounts_left, accounts))
            assert len(players) == accounts, "too few people for the readers"
            visitors = [signed_in(server, player) for player in players]
            each = chain.from_iterable(repeat(visitor, reads_of_one) for visitor in visitors)
            made.append(Reader(f"/published/{ground.editions[0]}/{path}", cycle(each)))
        return made

    return make


def _line(what: str, saved: Saved, alone: Saved, readers: list[Reader], *, is_goal: bool) -> Line:
    ratio = saved.rate / alone.rate
    times = f"; read {sum(each.times for each in readers) / saved.seconds:.1f}/s" if readers else ""
    reached = (not saved.failed, ratio >= LEAST_OF_ALONE, saved.slowest < SLOWEST_MILLISECONDS)
    goal = f">= {LEAST_OF_ALONE} x, p95 < {SLOWEST_MILLISECONDS} ms" if is_goal else ""
    return Line(
        f"saves by {SAVERS} users, {what}",
        f"{saved.rate:.0f}/s",
        "",
        f"{ratio:.2f} x, p50 {median(saved.waited):.0f} ms, p95 {saved.slowest:.0f} ms{times}",
        goal + saved.refused,
        verdict_of(*reached) if is_goal else "",
    )


def lines(ground: Ground, server: Server, *, share: float = 1.0) -> list[Line]:
    """Let people save alone, then beside readers; for a share of the usual time."""
    seconds = SECONDS * share
    savers: list[Saver] = savers_of(ground, server, SAVERS)
    ground.forget_exports()
    readers = _readers(ground, server)
    questions = readers(2, "questions/B-14", 1, 1)
    exporters = readers(3, "export", ACCOUNTS_OF_ONE, EXPORTS_OF_ONE)
    save_together(savers, 2.0 * share)
    alone = save_together(savers, seconds)
    found = [_line("alone", alone, alone, [], is_goal=False)]
    for what, beside, is_goal in (
        ("2 read a question", questions, False),
        ("1 exports", exporters[:1], False),
        ("3 export", exporters, True),
    ):
        for each in beside:
            each.times = 0
        saved = save_together(savers, seconds, [each.read_until for each in beside])
        found.append(_line(what, saved, alone, beside, is_goal=is_goal))
    return found
