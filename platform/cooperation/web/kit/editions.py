"""Editions in addresses and words: a year names the edition of that year, its id says nothing."""

from flask import g, request
from werkzeug.routing import BaseConverter

from cooperation.editions import service as editions
from cooperation.web.server import server


class EditionConverter(BaseConverter):
    """An edition by its year, or by its id."""

    regex = "[0-9a-z]{4}"

    def to_url(self, value: str) -> str:
        """Return the year of an edition, given its id."""
        return edition_name(value)


def edition_name(edition_id: str) -> str:
    """Return what an edition is called; its id where it is unknown."""
    names = server().edition_names
    if edition_id not in names and "context" in g:
        names[edition_id] = editions.edition_name(g.context.session, edition_id)
    return names.get(edition_id, edition_id)


def find_edition() -> None:
    """Put the id of the edition that the address names in its place; raises `NotFound`."""
    arguments = request.view_args or {}
    if "edition_id" in arguments:
        arguments["edition_id"] = _find(arguments["edition_id"])


def _find(named: str) -> str:
    names = server().edition_names
    for edition_id, name in names.items():
        if named in {edition_id, name}:
            return edition_id
    found = editions.edition_id(g.context.session, named)
    names[found] = editions.edition_name(g.context.session, found)
    return found
