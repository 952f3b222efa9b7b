"""Pages of editions at /editions: list, one edition, preparation, questions, opening, closing."""

from cooperation.editions.views import acts, edition, preparation, preview
from cooperation.editions.views.blueprint import blueprint

__all__ = ["acts", "blueprint", "edition", "preparation", "preview"]
