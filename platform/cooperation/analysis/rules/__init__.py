"""What is counted, where, and how it is summed up; pure."""

from cooperation.analysis.rules.counting import (
    CountRow,
    Distribution,
    RateRow,
    Reply,
    distribution_of,
    response_rate,
)
from cooperation.analysis.rules.figure import (
    ColumnFigure,
    Counted,
    Figure,
    LineFigure,
    figure_of,
    has_figure,
    is_open_to,
    is_single_choice,
)
from cooperation.analysis.rules.numbers import Spread, SpreadRow, quartiles_of, spread_of
from cooperation.analysis.rules.protection import SMALLEST, CountTable, ProtectedRow, protect
from cooperation.analysis.rules.roster import Roster

__all__ = [
    "SMALLEST",
    "ColumnFigure",
    "CountRow",
    "CountTable",
    "Counted",
    "Distribution",
    "Figure",
    "LineFigure",
    "ProtectedRow",
    "RateRow",
    "Reply",
    "Roster",
    "Spread",
    "SpreadRow",
    "distribution_of",
    "figure_of",
    "has_figure",
    "is_open_to",
    "is_single_choice",
    "protect",
    "quartiles_of",
    "response_rate",
    "spread_of",
]
