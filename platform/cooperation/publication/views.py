"""Pages: batches at /publication, own answers at /our-answers, readers, reading at /published."""

from cooperation.publication.batches.views import batches, retracting
from cooperation.publication.blueprint import blueprint
from cooperation.publication.own.views import own
from cooperation.publication.own.views import read_by as readers
from cooperation.publication.reading.views import reading

__all__ = ["batches", "blueprint", "own", "readers", "reading", "retracting"]
