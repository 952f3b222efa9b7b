"""The edition's states: prepared, open, closed; who may take each step, and when."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from cooperation.core.text import Text, _
from cooperation.register.rules import RegionalGroup

COOPERATION = "cooperation"
"""The series of the yearly questionnaire on cooperation."""
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
    """A round of a series; `id` is opaque, `follows` is that of the round before.

    `questionnaire_hash` names what is, or before the opening would be, asked.
    """

    id: str
    series: str
    year: int
    follows: str | None
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
    closed_by: str | None = None
    prepared_hash: bytes | None = None

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
    """A State Party on the opening day, with its name and regional group as they were then."""

    state_code: str
    name: str
    group: RegionalGroup


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


def is_second_person(edition: Edition, person_id: str) -> bool:
    """Tell whether this person is another than the one who prepared the edition."""
    return edition.prepared_by != person_id


def opening_gaps(
    edition: Edition, *, today: date, participants: int, has_open_edition: bool, is_exact: bool
) -> tuple[Text, ...]:
    """Return what the edition itself misses before it can be opened today.

    `is_exact` tells that days, questionnaire and States are those that were prepared.
    """
    missing: list[Text] = []
    if not is_exact:
        missing.append(
            _(
                "States or groups in the register have changed since it was prepared: look at "
                "them and confirm the preparation again."
            )
        )
    if has_open_edition:
        missing.append(_("Close the edition that is open before you open another one."))
    if today < edition.opens_on:
        missing.append(_("The opening day has not come yet."))
    if today > edition.deadline_on:
        missing.append(_("The deadline has passed: change the days first."))
    if not participants:
        missing.append(_("The register has no State Party on the opening day."))
    return tuple(missing)
