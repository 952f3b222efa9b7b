"""Pages: batches at /publication, a State's own answers at /our-answers, reading at /published."""

from cooperation.publication.views import batches, own, reading
from cooperation.publication.views.blueprint import blueprint

__all__ = ["batches", "blueprint", "own", "reading"]
