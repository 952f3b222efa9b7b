"""Figures over small rounds that were counted by hand."""

from decimal import Decimal

import pytest

from cooperation.analysis.rules import (
    Counted,
    Reply,
    Roster,
    distribution_of,
    figure_of,
    has_figure,
    is_open_to,
    quartiles_of,
    response_rate,
)
from cooperation.editions.rules import (
    Answer,
    Column,
    ColumnType,
    FixedRow,
    Option,
    PublicationRule,
    Question,
    QuestionType,
    Row,
)
from cooperation.responses.rules import AnswerStatus, Counting

GROUPS = {"AF01": "AFR", "AF02": "AFR", "AF03": "AFR", "WE01": "WEOG", "WE02": "WEOG"}
OPTIONS = (Option("yes", "Yes"), Option("no", "No"), Option("not_known", "Not known"))
EVERYWHERE = dict.fromkeys(GROUPS, Counting.EVERYWHERE)


def roster(*, court: bool = False, **counting: Counting) -> Roster:
    return Roster(GROUPS, EVERYWHERE | counting, is_for_court=court)


def question(kind: QuestionType, **more: object) -> Question:
    return Question(
        code="A-06",
        title="Coordination",
        wording="Is there one?",
        type=kind,
        section="A",
        part="A1",
        publication=PublicationRule.CHOICE,
        **more,
    )


def answered(state: str, *choices: str) -> Reply:
    return Reply(state, AnswerStatus.ANSWERED, choices)


def by_group(distribution):
    return {row.group: row for row in distribution.rows}


def test_options_are_counted_by_group_and_overall_with_their_base():
    replies = [answered("AF01", "yes"), answered("AF02", "no"), answered("WE01", "yes")]

    rows = by_group(distribution_of(OPTIONS, replies, roster(), is_multiple=False))

    assert list(rows) == ["AFR", "WEOG", None]
    assert (rows["AFR"].counts, rows["AFR"].base) == ((1, 1, 0), 2)
    assert (rows["WEOG"].counts, rows["WEOG"].base) == ((1, 0, 0), 1)
    assert (rows[None].counts, rows[None].base) == ((2, 1, 0), 3)
    assert rows["AFR"].shares == (0.5, 0.5, 0.0)
    assert rows["AFR"].not_counted == 1
    assert rows[None].not_counted == 2


def test_no_answer_not_asked_and_not_known_are_kept_apart():
    replies = [
        answered("AF01", "not_known"),
        Reply("AF02", AnswerStatus.NO_ANSWER),
        Reply("AF03", AnswerStatus.NOT_ASKED),
    ]

    row = by_group(distribution_of(OPTIONS, replies, roster(), is_multiple=False))["AFR"]

    assert row.counts == (0, 0, 1)
    assert (row.base, row.no_answer, row.not_asked, row.not_counted) == (1, 1, 1, 0)


def test_a_row_without_answers_has_no_shares():
    rows = by_group(
        distribution_of(OPTIONS, [answered("AF01", "yes")], roster(), is_multiple=False)
    )

    assert rows["WEOG"].shares == (None, None, None)


def test_several_choices_of_one_state_share_one_base():
    replies = [answered("AF01", "yes", "no"), answered("AF02", "no")]

    distribution = distribution_of(OPTIONS, replies, roster(), is_multiple=True)

    assert distribution.overall.base == 2
    assert distribution.overall.shares == (0.5, 1.0, 0.0)
    assert [option.code for option, _count in distribution.ranked()] == ["no", "yes", "not_known"]


def test_not_by_region_counts_in_the_overall_row_only():
    replies = [answered("AF01", "yes"), answered("AF02", "yes")]

    chosen = roster(AF02=Counting.OVERALL)
    rows = by_group(distribution_of(OPTIONS, replies, chosen, is_multiple=False))

    assert (rows["AFR"].base, rows[None].base) == (1, 2)
    assert chosen.overall_only == 1


def test_not_counted_outside_the_court():
    replies = [answered("AF01", "yes"), answered("AF02", "yes")]
    hidden = {"AF02": Counting.COURT}

    outside = by_group(distribution_of(OPTIONS, replies, roster(**hidden), is_multiple=False))
    inside = by_group(
        distribution_of(OPTIONS, replies, roster(court=True, **hidden), is_multiple=False)
    )

    assert (outside["AFR"].base, outside[None].base) == (1, 1)
    assert (inside["AFR"].base, inside[None].base) == (2, 2)
    assert roster(**hidden).not_counted == 1
    assert roster(court=True, **hidden).not_counted == 0
    assert roster(court=True, **hidden).overall_only == 0


def test_not_by_region_holds_at_the_court_too():
    replies = [answered("AF01", "yes"), answered("AF02", "yes")]

    chosen = roster(court=True, AF02=Counting.OVERALL)
    rows = by_group(distribution_of(OPTIONS, replies, chosen, is_multiple=False))

    assert (rows["AFR"].base, rows[None].base) == (1, 2)
    assert chosen.overall_only == 1


def test_a_state_whose_wish_is_unknown_is_not_counted():
    unknown = Roster(GROUPS, {}, is_for_court=False)

    distribution = distribution_of(OPTIONS, [answered("AF01", "yes")], unknown, is_multiple=False)

    assert distribution.overall.base == 0


def test_response_rate_counts_replies_over_the_states_asked():
    rows = {row.group: row for row in response_rate(GROUPS, {"AF01", "WE01", "WE02"})}

    assert (rows["AFR"].replied, rows["AFR"].base) == (1, 3)
    assert rows["WEOG"].share == 1.0
    assert (rows[None].replied, rows[None].base, rows[None].share) == (3, 5, 0.6)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([], None),
        ([7], (7, 7, 7)),
        ([10, 20], ("12.5", 15, "17.5")),
        ([30, 10, 20], (15, 20, 25)),
        ([4, 1, 3, 2], ("1.75", "2.5", "3.25")),
        ([90, 30, 30, 60, 45], (30, 45, 60)),
    ],
)
def test_quartiles_interpolate_between_the_values(numbers, expected):
    found = quartiles_of([Decimal(number) for number in numbers])

    assert found == (expected and tuple(Decimal(value) for value in expected))


def test_figure_of_numbers_leaves_out_states_without_one():
    asked = question(QuestionType.NUMBER, unit="days")
    records = [
        Counted("AF01", AnswerStatus.ANSWERED, Answer(number=Decimal(30))),
        Counted("AF02", AnswerStatus.ANSWERED, Answer(number=Decimal(60))),
        Counted("WE01", AnswerStatus.NO_ANSWER, Answer()),
        Counted("WE02", AnswerStatus.NOT_ASKED, Answer()),
    ]

    spread = figure_of(asked, records, roster()).spread

    assert spread.unit == "days"
    assert spread.overall.base == 2
    assert spread.overall.quartiles == (Decimal("37.5"), Decimal(45), Decimal("52.5"))
    assert (spread.overall.no_answer, spread.overall.not_asked) == (1, 1)
    assert spread.rows[1].quartiles is None


TABLE = question(
    QuestionType.TABLE,
    rows=(FixedRow("land", "Land"), FixedRow("vessels", "Vessels")),
    columns=(
        Column("exists", "Exists", ColumnType.SINGLE, options=OPTIONS),
        Column("ticked", "Ticked", ColumnType.TICK),
        Column("days", "Days", ColumnType.NUMBER, unit="days"),
        Column("authority", "Authority", ColumnType.SHORT_TEXT),
    ),
)


def test_figure_of_a_table_counts_each_cell_of_its_fixed_rows():
    full = Row("land", {"exists": "yes", "ticked": "yes", "days": "10", "authority": "Registry"})
    records = [
        Counted("AF01", AnswerStatus.ANSWERED, Answer(rows=(full,))),
        Counted("WE01", AnswerStatus.ANSWERED, Answer(rows=(Row("land", {"exists": "no"}),))),
        Counted("WE02", AnswerStatus.NO_ANSWER, Answer()),
    ]

    exists, ticked, days = figure_of(TABLE, records, roster()).columns
    land, vessels = exists.lines

    assert [column.column.code for column in (exists, ticked, days)] == ["exists", "ticked", "days"]
    assert (land.distribution.overall.counts, land.distribution.overall.base) == ((1, 1, 0), 2)
    assert (vessels.distribution.overall.base, vessels.distribution.overall.no_answer) == (0, 3)
    assert ticked.lines[0].distribution.overall.counts == (1,)
    assert ticked.lines[0].distribution.overall.base == 2
    assert days.lines[0].spread.overall.quartiles == (Decimal(10),) * 3
    assert days.lines[0].spread.overall.no_answer == 2


def test_only_what_can_be_counted_has_a_figure():
    free_rows = question(QuestionType.TABLE, columns=TABLE.columns, max_rows=6)

    assert has_figure(TABLE)
    assert has_figure(question(QuestionType.YES_NO, options=OPTIONS))
    assert has_figure(question(QuestionType.NUMBER))
    assert not has_figure(free_rows)
    assert not has_figure(question(QuestionType.LONG_TEXT))


def test_figures_over_answers_for_the_court_are_open_to_the_court_alone():
    asked = question(QuestionType.NUMBER)
    closed = Question(**{**vars(asked), "publication": PublicationRule.COURT})

    assert is_open_to(asked, court=False)
    assert is_open_to(closed, court=True)
    assert not is_open_to(closed, court=False)
