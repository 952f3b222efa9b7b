"""Responses by regional group, for the home pages that show how a round goes."""

from cooperation.access.context import RequestContext
from cooperation.analysis import service as analysis
from cooperation.register.rules import RegionalGroup
from cooperation.web.home.parts import Bar


def bars_of(ctx: RequestContext, edition_id: str) -> tuple[Bar, ...]:
    """Return one bar for each regional group that has States."""
    rate = analysis.list_figures(ctx, edition_id).rate
    return tuple(
        Bar(RegionalGroup(row.group).label, row.replied, row.base)
        for row in rate
        if row.group is not None and row.base
    )
