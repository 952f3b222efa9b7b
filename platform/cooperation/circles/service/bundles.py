"""Bundles: signed headers, grants, and the open bundle that seals and opens records.

The content key is compared with the signed header before it is used to open or to seal; the
header's hash must stand in the log, its maker have been a member of the right circle at that entry
(vault.md, Whose key).
"""

from collections.abc import Iterable, Sequence

from cooperation.access.context import RequestContext
from cooperation.audit import service as audit
from cooperation.circles import queries
from cooperation.circles.models import Bundle, Grant
from cooperation.circles.rules import BundleKind, BundleRow, makers_of
from cooperation.circles.service.circle_keys import (
    open_circle,
    public_circle,
    reachable_circles,
    version_hash,
)
from cooperation.circles.service.headers import check_headers, header_bytes, header_hash
from cooperation.circles.service.verified import check_anchor, directory_of
from cooperation.core.errors import NotAllowed, NotFound
from cooperation.core.ids import new_id
from cooperation.vault import files
from cooperation.vault.envelope import (
    BulkItem,
    BundleContext,
    ContentKey,
    RecordCipher,
    RecordContext,
)
from cooperation.vault.errors import CannotOpen
from cooperation.vault.files import SealedFile
from cooperation.vault.grants import GrantPlace, open_grant, seal_grant


class OpenBundle:
    """A bundle whose content key this request's reader holds; lives inside one request."""

    __slots__ = ("_cipher", "_context", "_ctx", "_is_anchored", "_key", "row")

    def __init__(self, ctx: RequestContext, row: BundleRow, key: ContentKey) -> None:
        instance = directory_of(ctx.session).instance
        self._ctx = ctx
        self._key = key
        self._context = BundleContext(instance, row.id, row.kind.value, row.edition)
        self._cipher = RecordCipher(key, self._context)
        self._is_anchored = False
        self.row = row

    @property
    def id(self) -> str:
        """The bundle's id."""
        return self.row.id

    @property
    def key_id(self) -> bytes:
        """What the signed header and every record say of the key."""
        return self._key.key_id

    def seal(
        self,
        *,
        kind: str,
        code: str,
        version: int,
        field: str,
        content: bytes,
        state: str | None = None,
    ) -> bytes:
        """Seal one record for its place; `state` is the bundle's unless given.

        Raises `DirectoryChanged` when the log is not the one that the reader last saw.
        """
        self._require_anchor()
        return self._cipher.seal(content, self._record(kind, code, version, field, state))

    def open(
        self,
        sealed: bytes,
        *,
        kind: str,
        code: str,
        version: int,
        field: str,
        state: str | None = None,
    ) -> bytes:
        """Open one record at its place; raises `CannotOpen`."""
        return self._cipher.open(sealed, self._record(kind, code, version, field, state))

    def open_many(self, items: Iterable[BulkItem]) -> list[bytes]:
        """Open records (kind, code, version, field, State, sealed) in their order; `CannotOpen`."""
        return self._cipher.open_many(items)

    def seal_file(self, content: bytes) -> SealedFile:
        """Seal a file in chunks; the answer that names it holds its hash."""
        self._require_anchor()
        return files.seal_file(self._key, self._context, content)

    def open_file(self, header: bytes, chunks: Sequence[bytes]) -> bytes:
        """Open a file; raises `CannotOpen`. The caller compares its hash with the answer's."""
        return files.open_file(self._key, self._context, header, chunks)

    def grant_to(self, circle: str) -> Grant:
        """Return a grant of this bundle to a circle's present key, for `add_grant`."""
        self._require_anchor()
        ctx, public = self._ctx, public_circle(self._ctx.session, circle)
        place = GrantPlace(
            self._context.instance, self.id, self.key_id, circle, public.version, public.key_hash
        )
        sealed = seal_grant(self._key, public.public_key, place)
        return Grant(
            bundle_id=self.id,
            circle=circle,
            circle_version=public.version,
            sealed_key=ctx.root.wrap(
                sealed, table="grants", row=_grant_name(self.id, circle), kind="grant"
            ),
        )

    def _record(
        self, kind: str, code: str, version: int, field: str, state: str | None
    ) -> RecordContext:
        chosen = self.row.state if state is None else state
        return RecordContext(chosen or "", kind, code, version, field)

    def _require_anchor(self) -> None:
        if not self._is_anchored:
            check_anchor(self._ctx.session, self._ctx.reader.anchor)
            self._is_anchored = True


def create_bundle(
    ctx: RequestContext,
    *,
    kind: BundleKind,
    edition: str,
    state: str | None,
    circles: tuple[str, ...],
) -> OpenBundle:
    """Make a bundle with a new content key, signed by the actor, granted to these circles.

    Raises `NotAllowed` unless the actor belongs to a circle that makes such bundles,
    `CircleMissingError` for a circle that nobody has founded, `DirectoryChanged`.
    """
    _require_maker(ctx, kind, state)
    key = ContentKey.generate()
    bundle = Bundle(
        id=new_id(),
        kind=BundleKind(kind).value,
        edition=edition,
        state=state,
        key_id=key.key_id,
        maker=ctx.reader.person_id,
        created_at=ctx.now,
    )
    opened = OpenBundle(ctx, _row(bundle), key)
    instance = directory_of(ctx.session).instance
    bundle.signature = ctx.reader.sign(header_bytes(bundle, instance))
    grants = [opened.grant_to(circle) for circle in circles]
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action="bundle.created",
        at=ctx.now,
        edition=edition,
        states=(state,) if state else (),
        statement=header_hash(bundle, instance),
        subject=bundle.id,
    )
    ctx.session.add(bundle)
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
    bundles = queries.bundles(ctx.session, wanted)
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
    """Widen a bundle's audience to one more circle, in the actor's name."""
    grant = bundle.grant_to(circle)
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action="bundle.granted",
        at=ctx.now,
        edition=bundle.row.edition,
        states=(bundle.row.state,) if bundle.row.state else (),
        subject=bundle.id,
    )
    ctx.session.add(grant)
    ctx.session.flush()


def destroy_bundle(ctx: RequestContext, bundle_id: str) -> None:
    """Delete a bundle's grants, so that nobody opens it again; raises `NotFound`."""
    bundles = queries.bundles(ctx.session, (bundle_id,))
    if not bundles:
        raise NotFound
    bundle = bundles[0]
    bundle.destroyed_at = ctx.now
    queries.delete_grants(ctx.session, bundle_id)
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action="bundle.destroyed",
        at=ctx.now,
        edition=bundle.edition,
        states=(bundle.state,) if bundle.state else (),
        subject=bundle_id,
    )


def _require_maker(ctx: RequestContext, kind: BundleKind, state: str | None) -> None:
    directory = directory_of(ctx.session)
    person = directory.persons.get(ctx.reader.person_id)
    if person is None or person.circle not in makers_of(kind, state):
        raise NotAllowed
    if not directory.is_member(person.id):
        raise NotAllowed


def _content_keys(ctx: RequestContext, bundles: Sequence[Bundle]) -> dict[str, ContentKey]:
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
    circles = reachable_circles(ctx.session, reader)
    grants = queries.grants_to(ctx.session, (bundle.id for bundle in missing), circles)
    for bundle in missing:
        key = _from_grants(ctx, bundle, grants.get(bundle.id, []))
        reader.remember(("bundle", bundle.id, bundle.key_id.hex()), key.raw)
        keys[bundle.id] = key
    return keys


def _from_grants(ctx: RequestContext, bundle: Bundle, grants: Sequence[Grant]) -> ContentKey:
    for grant in sorted(grants, key=lambda grant: grant.circle_version, reverse=True):
        try:
            return _from_grant(ctx, bundle, grant)
        except CannotOpen:
            continue
    raise CannotOpen


def _from_grant(ctx: RequestContext, bundle: Bundle, grant: Grant) -> ContentKey:
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
    name = _grant_name(bundle.id, grant.circle)
    sealed = ctx.root.unwrap(grant.sealed_key, table="grants", row=name, kind="grant")
    return open_grant(sealed, circle_key, place)


def _grant_name(bundle_id: str, circle: str) -> str:
    return f"{bundle_id}/{circle}"


def _row(bundle: Bundle) -> BundleRow:
    return BundleRow(bundle.id, BundleKind(bundle.kind), bundle.edition, bundle.state)
