"""Bundles that last: drafts, notes, threads take a new content key after a circle was renewed.

The newest is written into, all are read from; which one a record belongs to is said by the key id
in its header (vault.md, Removal; Record).
"""

from collections.abc import Iterable, Sequence

from cooperation.access.context import RequestContext
from cooperation.circles import queries
from cooperation.circles.kinds import BundleKind
from cooperation.circles.rules import BundleRow
from cooperation.circles.service.bundles import (
    create_bundle,
    find_bundles,
    open_bundle,
    open_bundles,
)
from cooperation.circles.service.opened import OpenBundle
from cooperation.circles.service.sheets import oldest_linked
from cooperation.circles.service.verified import directory_of
from cooperation.vault.envelope import BulkItem, key_id_of
from cooperation.vault.errors import CannotOpen


def bundle_for_writing(
    ctx: RequestContext,
    *,
    kind: BundleKind,
    edition: str,
    state: str | None = None,
) -> OpenBundle:
    """Return the bundle of this place to write into: a new one where a circle was renewed since.

    Raises as `open_bundle` and `create_bundle`.
    """
    found = find_bundles(ctx, kind=kind, edition=edition, state=state)
    for row in reversed(found):
        if is_current(ctx, row):
            return open_bundle(ctx, row.id)
    return create_bundle(ctx, kind=kind, edition=edition, state=state)


def is_current(ctx: RequestContext, bundle: BundleRow) -> bool:
    """Tell whether a bundle is granted to the present version of each circle that it is for."""
    known = directory_of(ctx.session).circles
    entries = [known.get(name) for name in bundle.parties]
    if any(entry is None or entry.is_dissolved for entry in entries):
        return False
    versions = {entry.name: entry.version for entry in entries if entry is not None}
    if set(versions.values()) == {1}:
        return True
    granted = queries.newest_grants(ctx.session, bundle.id)
    return all(granted.get(name) == version for name, version in versions.items())


def open_lasting(
    ctx: RequestContext, bundle: OpenBundle, items: Sequence[BulkItem], *, kind: str, field: str
) -> list[bytes]:
    """Open records of one place, in order, whichever of its bundles they were sealed under.

    Raises `CannotOpen` for one that nobody of the reader's circle can open any more.
    """
    if _are_under(bundle, items):
        return bundle.open_many(items, kind=kind, field=field)
    contents = open_what_is_left(ctx, bundle, items, kind=kind, field=field)
    if any(content is None for content in contents):
        raise CannotOpen
    return [content for content in contents if content is not None]


def open_what_is_left(
    ctx: RequestContext, bundle: OpenBundle, items: Sequence[BulkItem], *, kind: str, field: str
) -> list[bytes | None]:
    """Open records of one place; `None` where the key was lost with the circle's last member.

    Raises `CannotOpen` for anything else that does not open.
    """
    if _are_under(bundle, items):
        return list(bundle.open_many(items, kind=kind, field=field))
    row = bundle.row
    rows = queries.bundles_of(ctx.session, row.kind.value, row.edition, row.state)
    ids = {each.key_id: each.id for each in rows}
    opened = open_left(ctx, list(ids.values()))
    contents: list[bytes | None] = []
    for item in items:
        found = ids.get(key_id_of(item[3]))
        if found is None:
            raise CannotOpen
        under = opened.get(found)
        contents += under.open_many((item,), kind=kind, field=field) if under else [None]
    return contents


def _are_under(bundle: OpenBundle, items: Sequence[BulkItem]) -> bool:
    key_id = bundle.key_id
    return all(key_id_of(item[3]) == key_id for item in items)


def open_left(ctx: RequestContext, bundle_ids: Sequence[str]) -> dict[str, OpenBundle]:
    """Open bundles, without those that were lost (`lost_bundles`); raises as `open_bundle`."""
    lost = lost_bundles(ctx, bundle_ids)
    return open_bundles(ctx, [bundle_id for bundle_id in bundle_ids if bundle_id not in lost])


def lost_bundles(ctx: RequestContext, bundle_ids: Iterable[str]) -> frozenset[str]:
    """Return the bundles that the reader's circle lost when it was founded again.

    They were granted to a version that no link leads to, and nobody granted them again so far.
    """
    directory = directory_of(ctx.session)
    person = directory.persons.get(ctx.reader.person_id)
    entry = directory.circles.get(person.circle) if person else None
    wanted = frozenset(bundle_ids)
    if entry is None or entry.first_version == 1 or not wanted:
        return frozenset()
    oldest = oldest_linked(ctx.session, entry.name, entry.version)
    granted = queries.grants_to(ctx.session, wanted, (entry.name,))
    lost = {
        bundle_id
        for bundle_id, grants in granted.items()
        if all(grant.circle_version < oldest for grant in grants)
    }
    return frozenset(lost)
