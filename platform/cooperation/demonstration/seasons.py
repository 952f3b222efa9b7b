"""Two seasons: last year from opening to closing, this year with responses at every stage."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from cooperation.demonstration import rounds
from cooperation.demonstration.cast import ASKING_STATE, FULL_STATES, Team
from cooperation.demonstration.rounds import Round
from cooperation.demonstration.stage import Player

PARTS_BEGUN = 4
REFUSED_EVERY = 11
LATE = 2


@dataclass(frozen=True)
class Size:
    """How many States do what: submit last year; and this year, at each stage.

    `addressed` States have an address of record, and so get this year's notes by mail.
    """

    last_year: int
    published: int
    proposed: int
    reviewed: int
    submitted: int
    ready: int
    drafting: int
    addressed: int = 1_000

    @property
    def this_year(self) -> int:
        """How many States take part this year, besides those with people to sign in."""
        return (
            self.published
            + self.proposed
            + self.reviewed
            + self.submitted
            + self.ready
            + self.drafting
        )


def play_last_year(round_: Round, teams: list[Team], count: int) -> None:
    """Let the first `count` teams submit, the last ones late; review and publish; close."""
    taking_part = teams[:count]
    for team in taking_part[:-LATE]:
        _pass_hours(round_, 14)
        rounds.answer_anew(round_, team.focal_point, team.state)
        rounds.submit(round_, team.focal_point, team.signatory)
    rounds.wait_for_deadline(round_)
    for team in taking_part[-LATE:]:
        _pass_hours(round_, 5)
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
    """Give each stage its States; those with people to sign in are left where one can go on."""
    waiting = iter([team for team in teams if not team.is_shown])

    def take(number: int, play: Callable[[Round, Team], None]) -> list[Team]:
        taken = [team for team, _ in zip(waiting, range(number), strict=False)]
        for team in taken:
            _pass_hours(round_, 8)
            play(round_, team)
        return taken

    _begin_shown(round_, teams)
    published = take(size.published, _submit)
    proposed = take(size.proposed, _submit)
    reviewed = take(size.reviewed, _submit)
    rounds.approve(round_, _codes(published + proposed + reviewed))
    rounds.publish(round_, _codes(published))
    if proposed:
        rounds.propose(round_, _codes(proposed))
    submitted = take(size.submitted, _submit)
    take(size.ready, _make_ready)
    take(size.drafting, _begin)
    _trouble(round_, published, submitted)


def read_shown(round_: Round, teams: list[Team], court_reader: Player) -> None:
    """Let the Court, and the next of the States that are shown, read each of these."""
    shown = [team for team in teams if team.is_shown]
    for team, other in zip(shown, shown[1:] + shown[:1], strict=True):
        _pass_hours(round_, 20)
        rounds.read(round_, court_reader, team.state.code)
        rounds.read(round_, other.focal_point, team.state.code)


def _codes(teams: list[Team]) -> list[str]:
    return [team.state.code for team in teams]


def _trouble(round_: Round, published: list[Team], submitted: list[Team]) -> None:
    """Narrow and correct something published; leave something half reviewed, with a refusal."""
    if published:
        rounds.narrow_one(round_, published[0].signatory)
    if len(published) > 1:
        team = published[1]
        rounds.correct(round_, team.focal_point, team.signatory, team.state)
    if submitted:
        rounds.approve(round_, _codes(submitted[:1]), part="A1")
        rounds.refuse_one(round_, submitted[0].state.code)


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


def _begin_shown(round_: Round, teams: list[Team]) -> None:
    """Leave one State drafting, one ready for signature, one asked before its answers go out."""
    drafting, ready = FULL_STATES
    for team in teams:
        if team.state.code == drafting:
            rounds.answer_anew(round_, team.focal_point, team.state, parts=PARTS_BEGUN)
        elif team.state.code == ready:
            _make_ready(round_, team)
        elif team.state.code == ASKING_STATE:
            _submit_asking(round_, team)


def _submit_asking(round_: Round, team: Team) -> None:
    """Submit with "ask me again": one answer refused, some published, the rest waiting."""
    _answer(round_, team)
    rounds.ask_before_release(round_, team.focal_point)
    rounds.submit(round_, team.focal_point, team.signatory)
    codes = [team.state.code]
    rounds.refuse_one(round_, team.state.code)
    rounds.approve(round_, codes)
    rounds.release_some(round_, team.signatory)
    rounds.publish(round_, codes)
