"""Bundles: made, found, opened, widened, destroyed.

The content key is compared with the signed header before it is used to open or to seal; the
header's hash must stand in the log, its maker have been a member of the right circle at that entry
(vault.md, Whose key).
"""

from collections.abc import Sequence

from cooperation.access.context import RequestContext
from cooperation.audit import service as audit
from cooperation.circles import queries
from cooperation.circles.kinds import BundleKind, makers_of, parties_of
from cooperation.circles.models import Bundle
from cooperation.circles.queries import BundleHead, GrantRow
from cooperation.circles.rules import BundleRow
from cooperation.circles.service.circle_keys import (
    open_circle,
    reachable_circles,
    version_hash,
)
from cooperation.circles.service.headers import (
    HEADER_VERSION,
    check_headers,
    header_bytes,
    header_hash,
)
from cooperation.circles.service.opened import OpenBundle, grant_name
from cooperation.circles.service.verified import directory_of
from cooperation.core.db import note_destruction
from cooperation.core.errors import NotAllowed, NotFound
from cooperation.core.ids import new_id
from cooperation.vault.envelope import (
    ContentKey,
)
from cooperation.vault.errors import CannotOpen
from cooperation.vault.grants import GrantPlace, open_grant


def create_bundle(
    ctx: RequestContext,
    *,
    kind: BundleKind,
    edition: str = "",
    state: str | None = None,
    subject: str = "",
) -> OpenBundle:
    """Make a bundle with a new content key, signed by the actor, granted to its kind's audience.

    Raises `NotAllowed` unless the actor belongs to a circle that makes such bundles,
    `CircleMissingError` for a circle that nobody has founded, `DirectoryChanged`.
    """
    key = ContentKey.generate()
    head = BundleHead(
        version=HEADER_VERSION,
        id=new_id(),
        kind=BundleKind(kind).value,
        edition=edition,
        state=state,
        subject=subject,
        parties=" ".join(parties_of(kind, state)),
        key_id=key.key_id,
        maker=ctx.reader.person_id,
        acting=_acting_circle(ctx, kind, state),
        signature=b"",
    )
    opened = OpenBundle(ctx, _row(head), key)
    instance = directory_of(ctx.session).instance
    head = head._replace(signature=ctx.reader.sign(header_bytes(head, instance)))
    grants = [opened.grant_to(circle) for circle in opened.row.parties]
    _log(ctx, "bundle.created", opened.row, statement=header_hash(head, instance))
    ctx.session.add(Bundle(**head._asdict(), created_at=ctx.now))
    ctx.session.flush()
    ctx.session.add_all(grants)
    ctx.session.flush()
    return opened


def find_bundles(
    ctx: RequestContext, *, kind: BundleKind, edition: str, state: str | None = None
) -> list[BundleRow]:
    """Return the bundles of a kind in an edition, of one State or of all, oldest first."""
    found = queries.bundles_of(ctx.session, BundleKind(kind).value, edition, state)
    return [_row(bundle) for bundle in found]


def open_bundle(ctx: RequestContext, bundle_id: str) -> OpenBundle:
    """Open a bundle; raises `NotFound` for none, `CannotOpen` when the reader has no grant."""
    return open_bundles(ctx, (bundle_id,))[bundle_id]


def open_bundles(ctx: RequestContext, bundle_ids: Sequence[str]) -> dict[str, OpenBundle]:
    """Open bundles, all or none; raises as `open_bundle`."""
    wanted = dict.fromkeys(bundle_ids)
    bundles = queries.bundle_heads(ctx.session, wanted)
    if len(bundles) != len(wanted):
        raise NotFound
    check_headers(ctx.session, bundles)
    keys = _content_keys(ctx, bundles)
    opened = {bundle.id: OpenBundle(ctx, _row(bundle), keys[bundle.id]) for bundle in bundles}
    return {bundle_id: opened[bundle_id] for bundle_id in wanted}


def can_open(ctx: RequestContext, bundle_id: str) -> bool:
    """Tell whether the reader's keys open a bundle."""
    try:
        open_bundle(ctx, bundle_id)
    except (CannotOpen, NotFound):
        return False
    return True


def add_grant(ctx: RequestContext, bundle: OpenBundle, circle: str) -> None:
    """Grant a bundle to a circle of its audience, in the actor's name; raises `NotAllowed`."""
    grant = bundle.grant_to(circle)
    _log(ctx, "bundle.granted", bundle.row)
    ctx.session.add(grant)
    ctx.session.flush()


def destroy_bundle(ctx: RequestContext, bundle_id: str) -> None:
    """Delete a bundle's grants, so that nobody opens it again; raises `NotFound`."""
    bundle = queries.bundle(ctx.session, bundle_id)
    if bundle is None or bundle.destroyed_at is not None:
        raise NotFound
    bundle.destroyed_at = ctx.now
    queries.delete_grants(ctx.session, bundle_id)
    note_destruction(ctx.session)
    _log(ctx, "bundle.destroyed", _row(bundle))


def _log(
    ctx: RequestContext, action: str, bundle: BundleRow, *, statement: bytes | None = None
) -> None:
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action=action,
        at=ctx.now,
        edition=bundle.edition or None,
        states=(bundle.state,) if bundle.state else (),
        statement=statement,
        subject=bundle.id,
    )


def _acting_circle(ctx: RequestContext, kind: BundleKind, state: str | None) -> str:
    """Return the circle for which the reader makes such a bundle; raises `NotAllowed`."""
    person_id, circles = ctx.reader.person_id, directory_of(ctx.session).circles
    for name in makers_of(kind, state):
        if name in circles and circles[name].has(person_id):
            return name
    raise NotAllowed


def _content_keys(ctx: RequestContext, bundles: Sequence[BundleHead]) -> dict[str, ContentKey]:
    """Open one grant of each bundle, and remember the keys until the end of the request."""
    reader = ctx.reader
    keys: dict[str, ContentKey] = {}
    for bundle in bundles:
        remembered = reader.recall(("bundle", bundle.id, bundle.key_id.hex()))
        if isinstance(remembered, bytes):
            keys[bundle.id] = ContentKey(remembered)
    missing = [bundle for bundle in bundles if bundle.id not in keys]
    if not missing:
        return keys
    circles = reachable_circles(ctx.session, reader.person_id)
    grants = queries.grants_to(ctx.session, (bundle.id for bundle in missing), circles)
    for bundle in missing:
        key = _from_grants(ctx, bundle, grants.get(bundle.id, []))
        reader.remember(("bundle", bundle.id, bundle.key_id.hex()), key.raw)
        keys[bundle.id] = key
    return keys


def _from_grants(ctx: RequestContext, bundle: BundleHead, grants: Sequence[GrantRow]) -> ContentKey:
    for grant in sorted(grants, key=lambda grant: grant.circle_version, reverse=True):
        try:
            return _from_grant(ctx, bundle, grant)
        except CannotOpen:
            continue
    raise CannotOpen


def _from_grant(ctx: RequestContext, bundle: BundleHead, grant: GrantRow) -> ContentKey:
    if grant.circle not in parties_of(bundle.kind, bundle.state):
        raise CannotOpen
    directory = directory_of(ctx.session)
    place = GrantPlace(
        directory.instance,
        bundle.id,
        bundle.key_id,
        grant.circle,
        grant.circle_version,
        version_hash(directory, grant.circle, grant.circle_version),
    )
    circle_key = open_circle(ctx.session, ctx.reader, grant.circle, grant.circle_version)
    name = grant_name(bundle.id, grant.circle)
    sealed = ctx.root.unwrap(grant.sealed_key, table="grants", row=name, kind="grant")
    return open_grant(sealed, circle_key, place)


def _row(bundle: Bundle | BundleHead) -> BundleRow:
    parties = parties_of(bundle.kind, bundle.state)
    return BundleRow(bundle.id, BundleKind(bundle.kind), bundle.edition, bundle.state, parties)
