"""Pages: batches at /publication, own answers at /our-answers, readers, reading at /published."""

from cooperation.publication.views import batches, own, readers, reading, retracting
from cooperation.publication.views.blueprint import blueprint

__all__ = ["batches", "blueprint", "own", "readers", "reading", "retracting"]
