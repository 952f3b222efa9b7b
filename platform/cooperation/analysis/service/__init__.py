"""Use cases of figures, and of releasing tables over Court-only answers.

    list_figures(ctx, edition_id) -> FigureList
    read_figure(ctx, edition_id, question_code) -> FigurePage          one log entry
    all_figures(ctx, edition_id) -> list[Figure]
Two persons of the Court
    preview_table(ctx, edition_id, question_code), propose_table(...) -> str
    find_table(ctx, id), open_tables(ctx, edition_id), void_table(ctx, id)
    release_table(ctx, id, *, shown_hash) -> ReleaseView               another reader, step-up
    released_table(ctx, edition_id, question_code) -> ReleaseView | None      for all readers
"""

from cooperation.analysis.service.figures import (
    FigureList,
    FigurePage,
    all_figures,
    list_figures,
    read_figure,
)
from cooperation.analysis.service.releasing import (
    OwnTableError,
    ReleaseView,
    TableChangedError,
    TableExistsError,
    TooFewError,
    find_table,
    open_tables,
    preview_table,
    propose_table,
    release_table,
    released_table,
    void_table,
)

__all__ = [
    "FigureList",
    "FigurePage",
    "OwnTableError",
    "ReleaseView",
    "TableChangedError",
    "TableExistsError",
    "TooFewError",
    "all_figures",
    "find_table",
    "list_figures",
    "open_tables",
    "preview_table",
    "propose_table",
    "read_figure",
    "release_table",
    "released_table",
    "void_table",
]
