"""Where the States of an edition stand, one by one and by regional group."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.editions import service as editions
from cooperation.editions.rules import Participant
from cooperation.register.rules import RegionalGroup
from cooperation.responses import service as responses
from cooperation.responses.rules import Progress, ResponseStatus

TAGS = {
    ResponseStatus.NOT_STARTED: "neutral",
    ResponseStatus.DRAFTING: "progress",
    ResponseStatus.READY: "warn",
    ResponseStatus.SUBMITTED: "done",
}
"""The kit's tag for each status."""

SHOWN = (
    ResponseStatus.SUBMITTED,
    ResponseStatus.READY,
    ResponseStatus.DRAFTING,
    ResponseStatus.NOT_STARTED,
)
"""The statuses in the order in which they are counted, drawn and explained."""


@dataclass(frozen=True)
class Standing:
    """One State of an edition."""

    participant: Participant
    status: ResponseStatus
    parts_done: int
    submitted_at: datetime | None
    is_late: bool

    @property
    def tag(self) -> str:
        """The kind of status tag that shows it."""
        return TAGS[self.status]


@dataclass(frozen=True)
class GroupStanding:
    """A regional group: its States, and how many stand where."""

    group: RegionalGroup
    states: tuple[Standing, ...]

    def count(self, status: ResponseStatus) -> int:
        """Return how many of the group's States stand so."""
        return sum(state.status is status for state in self.states)

    @property
    def submitted(self) -> int:
        """How many have submitted."""
        return self.count(ResponseStatus.SUBMITTED)

    @property
    def share(self) -> float:
        """The share of those that have submitted, between 0 and 1."""
        return self.submitted / len(self.states)

    @property
    def counts(self) -> tuple[int, ...]:
        """How many stand where, in the order of `SHOWN`."""
        return tuple(self.count(status) for status in SHOWN)


@dataclass(frozen=True)
class Filter:
    """Which States the table shows; what is empty holds nobody back."""

    name: str = ""
    group: str = ""
    status: str = ""

    def lets_through(self, state: Standing) -> bool:
        """Tell whether this State is shown."""
        wanted = self.name.casefold()
        participant = state.participant
        names = (participant.name.casefold(), participant.state_code.casefold())
        return (
            any(wanted in name for name in names)
            and self.group in ("", participant.group)
            and self.status in ("", state.status)
        )


def standings(ctx: RequestContext, edition_id: str) -> tuple[Standing, ...]:
    """Return where each State stands, by name; a prepared edition has none yet."""
    require(ctx.actor, Permission.READ_PROGRESS)
    known = {each.state_code: each for each in responses.progress(ctx.session, edition_id)}
    submissions = {each.state_code: each for each in responses.submissions_of(ctx, edition_id)}
    found = []
    for participant in editions.participants(ctx.session, edition_id):
        code = participant.state_code
        state = known.get(code, Progress(code, ResponseStatus.NOT_STARTED, 0, None))
        submission = submissions.get(code)
        found.append(
            Standing(
                participant,
                state.status,
                state.parts_done,
                submitted_at=submission.submitted_at if submission else None,
                is_late=submission is not None and submission.is_late,
            )
        )
    return tuple(found)


def by_group(states: Sequence[Standing]) -> tuple[GroupStanding, ...]:
    """Return the States by regional group, in the order of the Assembly's documents."""
    found = (
        GroupStanding(group, tuple(each for each in states if each.participant.group is group))
        for group in RegionalGroup
    )
    return tuple(group for group in found if group.states)


def totals(states: Sequence[Standing]) -> tuple[tuple[ResponseStatus, int], ...]:
    """Return how many States stand where."""
    counted = Counter(each.status for each in states)
    return tuple((status, counted[status]) for status in SHOWN)
