"""The State's pages of its response, under /response."""

from cooperation.responses.blueprint import blueprint
from cooperation.responses.drafting.views import answering, files, overview, reopening, undoing
from cooperation.responses.signing.views import signing
from cooperation.responses.submitted.views import printing, receipt

__all__ = [
    "answering",
    "blueprint",
    "files",
    "overview",
    "printing",
    "receipt",
    "reopening",
    "signing",
    "undoing",
]
