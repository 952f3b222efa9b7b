from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from cooperation.editions.rules import (
    Edition,
    EditionStatus,
    Participant,
    dates_problems,
    days_left,
    is_past_deadline,
    is_second_person,
    opening_gaps,
    opening_hash,
)
from cooperation.register.rules import RegionalGroup

EDITION = Edition(
    id="2026",
    series="cooperation",
    follows=None,
    year=2026,
    status=EditionStatus.PREPARED,
    opens_on=date(2026, 3, 1),
    deadline_on=date(2026, 6, 30),
    questionnaire_version="2026.2",
    questionnaire_hash="00",
    prepared_by="officer",
    prepared_at=datetime(2026, 2, 1, tzinfo=UTC),
)


def gaps(today=date(2026, 3, 1), participants=125, has_open_edition=False, is_exact=True):
    return [
        str(line)
        for line in opening_gaps(
            EDITION,
            today=today,
            participants=participants,
            has_open_edition=has_open_edition,
            is_exact=is_exact,
        )
    ]


def test_deadline_is_the_end_of_its_day_in_utc():
    assert not is_past_deadline(EDITION, datetime(2026, 6, 30, 23, 59, tzinfo=UTC))
    assert is_past_deadline(EDITION, datetime(2026, 7, 1, 0, 0, tzinfo=UTC))
    assert days_left(EDITION, datetime(2026, 6, 28, 12, tzinfo=UTC)) == 2
    assert days_left(EDITION, datetime(2026, 7, 1, tzinfo=UTC)) == -1


def test_who_prepared_is_not_the_second_person():
    assert not is_second_person(EDITION, "officer")
    assert is_second_person(EDITION, "head")


def test_edition_can_be_opened_from_its_opening_day():
    assert gaps() == []
    assert gaps(today=date(2026, 2, 28)) == ["The opening day has not come yet."]
    assert gaps(today=date(2026, 7, 1)) == ["The deadline has passed: change the days first."]


def test_edition_needs_states_and_no_other_open_edition():
    assert gaps(participants=0) == ["The register has no State Party on the opening day."]
    assert gaps(has_open_edition=True) == [
        "Close the edition that is open before you open another one."
    ]


def test_edition_is_opened_as_it_was_prepared():
    assert "confirm the preparation again" in gaps(is_exact=False)[0]


@pytest.mark.parametrize("change", ["days", "questionnaire", "state", "group"])
def test_hash_of_an_opening_changes_with_whatever_it_fixes(change):
    states = [Participant("AF01", "State AF-01", RegionalGroup.AFR)]
    before = opening_hash(EDITION, states)
    edition = EDITION
    if change == "days":
        edition = replace(EDITION, deadline_on=date(2026, 7, 1))
    elif change == "questionnaire":
        edition = replace(EDITION, questionnaire_hash="01")
    elif change == "state":
        states.append(Participant("AF02", "State AF-02", RegionalGroup.AFR))
    else:
        states = [Participant("AF01", "State AF-01", RegionalGroup.EEG)]

    assert opening_hash(edition, states) != before


@pytest.mark.parametrize(
    ("year", "opens_on", "deadline_on", "fields"),
    [
        (2026, date(2026, 3, 1), date(2026, 6, 30), []),
        (2026, date(2026, 12, 1), date(2027, 3, 1), []),
        (2019, date(2019, 3, 1), date(2019, 6, 30), ["year"]),
        (2026, date(2027, 3, 1), date(2027, 6, 30), ["opens_on"]),
        (2026, date(2026, 3, 1), date(2026, 3, 1), ["deadline_on"]),
        (2026, date(2026, 3, 1), date(2027, 6, 30), ["deadline_on"]),
    ],
)
def test_days_of_an_edition_fit_each_other(year, opens_on, deadline_on, fields):
    assert [field for field, _ in dates_problems(year, opens_on, deadline_on)] == fields
