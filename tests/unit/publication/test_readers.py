"""Who has read a State's answers: by institution, answer and day, and honestly worded."""

import csv
import io
from datetime import timedelta

import pytest

from cooperation.audit import service as audit
from cooperation.core.errors import NotAllowed, NotFound
from cooperation.publication import service
from cooperation.publication.own.service.read_by import (
    Way,
    count_readers,
    export_readers,
    find_readers,
)
from tests.fixtures.circles import NOW

EDITION, STATE = "2026", "AF01"
LATER = NOW + timedelta(days=2)


def readers(office, person="focal", **wanted):
    with office.round.reading(person) as ctx:
        return find_readers(ctx, EDITION, **wanted)


def read_state(office, person, now=LATER):
    with office.round.acting(person, now) as ctx:
        service.read_state(ctx, EDITION, STATE)


def log(office, person, action, *, questions, at=LATER, states=(STATE, "WE01")):
    with office.round.acting(person, at) as ctx:
        audit.record(
            ctx.session,
            actor=ctx.actor,
            action=action,
            at=at,
            edition=EDITION,
            states=states,
            questions=questions,
        )


def names_on(found, day):
    return {visit.name for each in found.days if each.day == day for visit in each.visits}


def test_a_state_sees_by_institution_answer_and_day_who_read(published):
    read_state(published, "other_focal")
    read_state(published, "facilitator", LATER + timedelta(days=1))

    found = readers(published)

    assert [each.day for each in found.days][:2] == [
        (LATER + timedelta(days=1)).date(),
        LATER.date(),
    ]
    assert len(names_on(found, LATER.date())) == 1
    visit = found.days[0].visits[0]
    assert visit.name == "Co-facilitators"
    assert visit.way is Way.PAGE
    assert "A-07" in visit.questions
    assert not visit.could_read_all


@pytest.mark.parametrize("person", ["officer", "head", "court", "facilitator", "auditor"])
def test_other_institutions_do_not_see_who_read(published, person):
    with published.round.reading(person) as ctx, pytest.raises(NotAllowed):
        find_readers(ctx, EDITION)


def test_another_state_sees_its_own_readers_only(published):
    read_state(published, "court")

    assert readers(published, "other_focal").days == ()


def test_an_edition_without_the_state_is_not_there(published):
    with published.round.reading("focal") as ctx, pytest.raises(NotFound):
        find_readers(ctx, "2024")


def test_no_person_is_named(published):
    read_state(published, "other_focal")

    text = repr(readers(published))

    assert published.round.world.people["other_focal"].person_id not in text


def test_one_entry_over_all_that_could_be_read_says_so(published):
    log(published, "other_focal", "published.exported", questions="all")

    visit = readers(published).days[0].visits[0]

    assert visit.could_read_all
    assert visit.questions == ()
    assert visit.way is Way.EXPORT


def test_such_an_entry_counts_for_an_answer_only_if_it_could_be_read(published):
    log(published, "other_focal", "published.exported", questions="all")

    open_to_all = readers(published, question="A-07").opened
    for_the_court = readers(published, question="A-05").opened

    assert (open_to_all.certain, open_to_all.possible) == (0, 1)
    assert (for_the_court.certain, for_the_court.possible) == (0, 0)


def test_such_an_entry_from_before_publication_does_not_count(published):
    log(published, "other_focal", "published.exported", questions="all", at=NOW - LATER.resolution)

    assert readers(published, question="A-07").opened.possible == 0


def test_readings_are_chosen_by_question_and_institution(published):
    read_state(published, "other_focal")
    log(published, "court", "published.read", questions=("A-06",))

    assert names_on(readers(published, question="A-06"), LATER.date()) >= {"Court"}
    court = readers(published, institution="court")
    assert names_on(court, LATER.date()) == {"Court"}
    assert readers(published, institution="court", question="A-07").days == ()


def test_figures_and_the_states_own_reading_are_not_reading(published):
    before = readers(published).opened
    log(published, "court", "figures.read", questions=("A-06",), states="all")
    read_state(published, "focal")

    assert readers(published).opened == before


def test_each_answer_is_counted_by_institution(published):
    read_state(published, "other_focal")
    read_state(published, "other_focal")
    with published.round.reading("focal") as ctx:
        counts = count_readers(ctx, service.own_answers(ctx, EDITION))

    assert counts["A-07"].certain == 1
    assert counts["A-05"].together == 0


def test_a_page_ends_with_a_day_and_the_next_begins_below(published):
    for number in range(33):
        log(
            published,
            "court",
            "published.read",
            questions=("A-06",),
            at=LATER + timedelta(days=number),
        )

    first = readers(published, institution="court")
    second = readers(published, institution="court", until=first.until)

    assert len(first.days) == 31
    assert [each.day for each in second.days] == [
        (LATER + timedelta(days=1)).date(),
        LATER.date(),
    ]
    assert second.until is None


def test_the_table_holds_one_row_an_answer(published):
    log(published, "court", "published.read", questions=("A-06", "A-07"))
    log(published, "court", "published.exported", questions="all")
    with published.round.reading("focal") as ctx:
        made = export_readers(ctx, EDITION, institution="court")

    rows = list(csv.reader(io.StringIO(made.content.decode("utf-8-sig"))))

    assert [(row[2], row[4], row[5]) for row in rows[1:]] == [
        ("Court", "A-06", "opened"),
        ("Court", "A-07", "opened"),
        ("Court", "all that the reader could read", "could have read"),
    ]
