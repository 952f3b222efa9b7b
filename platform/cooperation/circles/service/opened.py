"""The open bundle: seals and opens records and files while a request lasts (vault.md, Record)."""

from collections.abc import Iterable, Sequence

from cooperation.access.context import RequestContext
from cooperation.circles.models import Grant
from cooperation.circles.rules import BundleRow
from cooperation.circles.service.circle_keys import public_circle
from cooperation.circles.service.verified import check_anchor, directory_of
from cooperation.core.errors import NotAllowed
from cooperation.vault import files
from cooperation.vault.envelope import (
    BulkItem,
    BundleContext,
    ContentKey,
    RecordCipher,
    RecordContext,
)
from cooperation.vault.files import SealedFile
from cooperation.vault.grants import GrantPlace, seal_grant


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
        place = RecordContext(self._state(state), kind, code, version, field)
        return self._cipher.seal(content, place)

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
        place = RecordContext(self._state(state), kind, code, version, field)
        return self._cipher.open(sealed, place)

    def open_many(self, items: Iterable[BulkItem], *, kind: str, field: str) -> list[bytes]:
        """Open records (code, version, State, sealed) of one kind and field; `CannotOpen`."""
        return self._cipher.open_many(items, kind=kind, field=field)

    def seal_file(self, content: bytes) -> SealedFile:
        """Seal a file in chunks; the answer that names it holds its hash."""
        self._require_anchor()
        return files.seal_file(self._key, self._context, content)

    def open_file(self, header: bytes, chunks: Sequence[bytes]) -> bytes:
        """Open a file; raises `CannotOpen`. The caller compares its hash with the answer's."""
        return files.open_file(self._key, self._context, header, chunks)

    def grant_to(self, circle: str) -> Grant:
        """Return a grant of this bundle to a circle's present key, for `add_grant`.

        Raises `NotAllowed` for a circle that it is not for, `CircleMissingError`.
        """
        if circle not in self.row.parties:
            raise NotAllowed
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
                sealed, table="grants", row=grant_name(self.id, circle), kind="grant"
            ),
        )

    def _state(self, state: str | None) -> str:
        return (self.row.state if state is None else state) or ""

    def _require_anchor(self) -> None:
        if not self._is_anchored:
            check_anchor(self._ctx.session, self._ctx.reader.anchor)
            self._is_anchored = True


def grant_name(bundle_id: str, circle: str) -> str:
    """Return the name by which the root wrap of a grant knows its row."""
    return f"{bundle_id}/{circle}"
