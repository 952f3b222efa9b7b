"""The State's pages of its response, under /response."""

from cooperation.responses.views import (
    answering,
    files,
    overview,
    printing,
    receipt,
    reopening,
    signing,
    undoing,
)
from cooperation.responses.views.blueprint import blueprint

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
