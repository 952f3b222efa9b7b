"""How a round goes, in counts and by regional group, for the home pages that show it."""

from flask import url_for

from cooperation.access.context import RequestContext
from cooperation.analysis import service as analysis
from cooperation.core.text import _
from cooperation.editions.rules import Edition
from cooperation.register.rules import RegionalGroup
from cooperation.web.home.parts import Bar, Count, Link
from cooperation.web.progress.standing import standings, totals


def bars_of(ctx: RequestContext, edition_id: str) -> tuple[Bar, ...]:
    """Return one bar for each regional group that has States."""
    rate = analysis.list_figures(ctx, edition_id).rate
    return tuple(
        Bar(RegionalGroup(row.group).label, row.replied, row.base)
        for row in rate
        if row.group is not None and row.base
    )


def counts_of(ctx: RequestContext, edition: Edition) -> tuple[Count, ...]:
    """Return how many States stand where; no content, no names."""
    states = standings(ctx, edition.id)
    return tuple(
        Count(status.label, number, of=None if place else len(states))
        for place, (status, number) in enumerate(totals(states))
    )


def progress_link(edition: Edition) -> Link:
    """Return the way to the page that shows more of it."""
    return Link(_("All progress"), url_for("progress.edition", edition_id=edition.id))
