"""Two seasons: last year from opening to closing, this year with responses at every stage."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from cooperation.web.demonstration import rounds
from cooperation.web.demonstration.cast import Team
from cooperation.web.demonstration.rounds import Round

PARTS_BEGUN = 4
REFUSED_EVERY = 11


@dataclass(frozen=True)
class Size:
    """How many States do what: submit last year; and this year, at each stage."""

    last_year: int
    published: int
    proposed: int
    reviewed: int
    submitted: int
    ready: int
    drafting: int

    @property
    def this_year(self) -> int:
        """How many States take part this year, besides the two whose every role can be tried."""
        return (
            self.published
            + self.proposed
            + self.reviewed
            + self.submitted
            + self.ready
            + self.drafting
        )


def play_last_year(round_: Round, teams: list[Team], count: int) -> None:
    """Let the first `count` teams submit; review and publish all; close."""
    taking_part = teams[:count]
    for team in taking_part:
        _pass_hours(round_, 14)
        rounds.answer_anew(round_, team.focal_point, team.state)
        rounds.submit(round_, team.focal_point, team.signatory)
    codes = [team.state.code for team in taking_part]
    for code in codes[::REFUSED_EVERY]:
        rounds.refuse_one(round_, code)
    rounds.approve(round_, codes)
    _pass_hours(round_, 24 * 10)
    rounds.publish(round_, codes)
    _pass_hours(round_, 24 * 20)
    rounds.close_round(round_)


def play_this_year(round_: Round, teams: list[Team], size: Size) -> None:
    """Give each stage its States; the two full ones are left where a visitor can go on."""
    full = [team for team in teams if team.is_full]
    _begin_full(round_, full)
    waiting = iter([team for team in teams if not team.is_full])

    def take(number: int, play: Callable[[Round, Team], None]) -> list[str]:
        taken = [team for team, _ in zip(waiting, range(number), strict=False)]
        for team in taken:
            _pass_hours(round_, 8)
            play(round_, team)
        return [team.state.code for team in taken]

    published = take(size.published, _submit)
    proposed = take(size.proposed, _submit)
    reviewed = take(size.reviewed, _submit)
    rounds.approve(round_, published + proposed + reviewed)
    for start in range(0, len(published), rounds.BATCH):
        rounds.publish(round_, published[start : start + rounds.BATCH])
    if proposed:
        rounds.propose(round_, proposed)
    take(size.submitted, _submit)
    take(size.ready, _make_ready)
    take(size.drafting, _begin)


def _pass_hours(round_: Round, hours: int) -> None:
    round_.stage.clock.move(timedelta(hours=hours))


def _answer(round_: Round, team: Team) -> None:
    kept = rounds.answer_from_last_year(round_, team.focal_point, team.state)
    if not kept:
        rounds.answer_anew(round_, team.focal_point, team.state)


def _submit(round_: Round, team: Team) -> None:
    _answer(round_, team)
    rounds.submit(round_, team.focal_point, team.signatory)


def _make_ready(round_: Round, team: Team) -> None:
    _answer(round_, team)
    rounds.mark_ready(round_, team.focal_point)


def _begin(round_: Round, team: Team) -> None:
    begun = 1 + sum(team.state.code.encode()) % 11
    rounds.answer_anew(round_, team.focal_point, team.state, parts=begun)


def _begin_full(round_: Round, teams: list[Team]) -> None:
    """Leave the first full State in the middle of drafting, the second ready for signature."""
    for number, team in enumerate(teams):
        if number == 0:
            rounds.answer_anew(round_, team.focal_point, team.state, parts=PARTS_BEGUN)
        else:
            _make_ready(round_, team)
