"""Bundles that last: drafts, notes, threads take a new content key after a circle was renewed.

The newest is written into, all are read from; which one a record belongs to is said by the key id
in its header (vault.md, Removal; Record).
"""

from collections.abc import Iterable

from cooperation.access.context import RequestContext
from cooperation.circles import queries
from cooperation.circles.rules import BundleKind
from cooperation.circles.service.bundles import create_bundle, find_bundles, open_bundle
from cooperation.circles.service.opened import OpenBundle
from cooperation.circles.service.verified import directory_of


def bundle_for_writing(
    ctx: RequestContext,
    *,
    kind: BundleKind,
    edition: str,
    state: str | None,
    circles: tuple[str, ...],
) -> OpenBundle:
    """Return the newest bundle of this place, or a new one where a circle was renewed since.

    Raises as `open_bundle` and `create_bundle`.
    """
    found = find_bundles(ctx, kind=kind, edition=edition, state=state)
    if found and is_current(ctx, found[-1].id, circles):
        return open_bundle(ctx, found[-1].id)
    return create_bundle(ctx, kind=kind, edition=edition, state=state, circles=circles)


def is_current(ctx: RequestContext, bundle_id: str, circles: Iterable[str]) -> bool:
    """Tell whether a bundle is granted to the present version of each of these circles."""
    directory = directory_of(ctx.session)
    granted = queries.newest_grants(ctx.session, bundle_id)
    return all(granted.get(name) == directory.circle(name).version for name in circles)
