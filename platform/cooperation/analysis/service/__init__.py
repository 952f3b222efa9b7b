"""Use cases of figures, and of releasing tables over Court-only answers.

    list_figures(ctx, edition_id) -> FigureList
    read_figure(ctx, edition_id, question_code) -> FigurePage          one log entry
    all_figures(ctx, edition_id) -> list[Figure]
Two persons of the Court
    preview_table(ctx, edition_id, question_code), propose_table(...) -> str
    RELEASING                                                          the act, for the shell
    released_table(ctx, edition_id, question_code) -> TablePage | None      for all readers
"""

from cooperation.analysis.service.figures import (
    FigureList,
    FigurePage,
    all_figures,
    list_figures,
    read_figure,
)
from cooperation.analysis.service.releasing import (
    RELEASING,
    TableExistsError,
    TablePage,
    TooFewError,
    preview_table,
    propose_table,
    released_table,
)

__all__ = [
    "RELEASING",
    "FigureList",
    "FigurePage",
    "TableExistsError",
    "TablePage",
    "TooFewError",
    "all_figures",
    "list_figures",
    "preview_table",
    "propose_table",
    "read_figure",
    "released_table",
]
