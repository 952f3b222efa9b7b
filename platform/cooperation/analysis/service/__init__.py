"""Use cases of figures, and of releasing tables over Court-only answers.

    list_figures(ctx, edition_id) -> FigureList
Two persons of the Court
    RELEASING                                                          the act, for the shell
"""

from cooperation.analysis.service.figures import list_figures
from cooperation.analysis.service.releasing import RELEASING

__all__ = [
    "RELEASING",
    "list_figures",
]
