"""The edition's states: prepared, open, closed; who may take each step, and when."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from cooperation.core.text import Text, _

YEARS = range(2020, 2100)


class EditionStatus(StrEnum):
    """Where a year's round stands."""

    PREPARED = "prepared"
    OPEN = "open"
    CLOSED = "closed"


STATUS_LABELS: dict[EditionStatus, Text] = {
    EditionStatus.PREPARED: _("Prepared"),
    EditionStatus.OPEN: _("Open"),
    EditionStatus.CLOSED: _("Closed"),
}


@dataclass(frozen=True)
class Edition:
    """A year's round; `questionnaire_hash` names what is, or before the opening would be, asked."""

    id: str
    year: int
    status: EditionStatus
    opens_on: date
    deadline_on: date
    questionnaire_version: str
    questionnaire_hash: str
    prepared_by: str
    prepared_at: datetime
    opened_at: datetime | None = None
    opened_by: str | None = None
    closed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether responses are accepted."""
        return self.status is EditionStatus.OPEN

    @property
    def is_frozen(self) -> bool:
        """Whether States, groups and questionnaire are fixed."""
        return self.status is not EditionStatus.PREPARED


@dataclass(frozen=True)
class Participant:
    """A State Party on the opening day, with its name and regional group as they were then.

    `group` is the value of the register's RegionalGroup.
    """

    state_code: str
    name: str
    group: str


def is_past_deadline(edition: Edition, now: datetime) -> bool:
    """Tell whether `now` lies after the last day for responses; the deadline is soft."""
    return now.date() > edition.deadline_on


def days_left(edition: Edition, now: datetime) -> int:
    """Return the whole days until the deadline; negative once it has passed."""
    return (edition.deadline_on - now.date()).days


def dates_problems(year: int, opens_on: date, deadline_on: date) -> tuple[tuple[str, Text], ...]:
    """Return what is wrong with an edition's year and days, as (field id, sentence)."""
    found: list[tuple[str, Text]] = []
    if year not in YEARS:
        found.append(("year", _("Enter a year between 2020 and 2099.")))
    if opens_on.year != year:
        found.append(("opens_on", _("Choose an opening day in the edition's year.")))
    if deadline_on <= opens_on:
        found.append(("deadline_on", _("Choose a deadline after the opening day.")))
    elif (deadline_on - opens_on).days > 366:
        found.append(("deadline_on", _("Choose a deadline within a year of the opening day.")))
    return tuple(found)


def opening_problem(
    edition: Edition, *, today: date, opener: str, has_open_edition: bool
) -> Text | None:
    """Say why this person may not open the edition today; set-up preconditions aside."""
    if edition.status is not EditionStatus.PREPARED:
        return _("This edition has been opened already.")
    if edition.prepared_by == opener:
        return _("Another person than the one who prepared the edition must open it.")
    if has_open_edition:
        return _("Close the edition that is open before you open another one.")
    if today < edition.opens_on:
        return _("The opening day has not come yet.")
    return None
