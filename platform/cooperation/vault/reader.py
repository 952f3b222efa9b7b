"""The reader: the capability that opening content needs (design: vault.md, Words; Invitations).

It lives inside one request (`with`), has no telling `repr`, cannot be pickled and is never kept. It
is made in three places only: from a session, from an invitation's key during activation, and in the
demonstration builder, which signs in with passwords that it has just made.
"""

from types import TracebackType
from typing import NoReturn

from cooperation.vault.errors import CannotOpen
from cooperation.vault.keys import PrivateKey
from cooperation.vault.member import Anchor, MemberKeys
from cooperation.vault.statements import Signer, message_bytes


class Reader:
    """A signed-in person's opened keys. After the `with` block it opens and signs nothing."""

    __slots__ = ("_keys", "_opened", "instance", "person_id")

    def __init__(self, keys: MemberKeys, *, instance: str) -> None:
        self._keys: MemberKeys | None = keys
        self._opened: dict[tuple[str, ...], PrivateKey | bytes] = {}
        self.person_id = keys.person_id
        self.instance = instance

    @property
    def anchor(self) -> Anchor:
        """The log as this person last saw it."""
        return self._held().anchor

    @property
    def passkeys(self) -> tuple[bytes, ...]:
        """The hashes of the passkeys that this person's blob vouches for."""
        return self._held().passkeys

    def sign(self, message: bytes) -> bytes:
        """Sign a message of a slice (a manifest, a proposal); `verify_signature` checks it."""
        return self._held().signing.sign(message_bytes(self.instance, message))

    def as_signer(self) -> Signer:
        """Return who signs the directory's statements in this person's name."""
        return Signer(self.person_id, self._held().signing)

    def open_sealed(self, sealed: bytes, info: bytes) -> bytes:
        """Open what was sealed to this person's own key; raises `CannotOpen`."""
        return self._held().sealing.open(sealed, info)

    def keyed_hash(self, purpose: str, content: bytes) -> bytes:
        """Return a hash that only this person can make (idempotency rows hold no content)."""
        return self._held().keyed_hash(purpose, content)

    def remember(self, name: tuple[str, ...], key: PrivateKey | bytes) -> None:
        """Keep an opened circle or content key until the end of this request."""
        self._held()
        self._opened[name] = key

    def recall(self, name: tuple[str, ...]) -> PrivateKey | bytes | None:
        """Return a key kept in this request."""
        return self._opened.get(name)

    def close(self) -> None:
        """Forget all keys."""
        self._keys = None
        self._opened.clear()

    def _held(self) -> MemberKeys:
        if self._keys is None:
            raise CannotOpen
        return self._keys

    def __enter__(self) -> "Reader":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return "<reader>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a reader is not pickled")
