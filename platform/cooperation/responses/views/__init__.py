"""The State's pages of its response, under /response."""

from cooperation.responses.views import answering, files, overview, receipt, signing
from cooperation.responses.views.blueprint import blueprint

__all__ = ["answering", "blueprint", "files", "overview", "receipt", "signing"]
