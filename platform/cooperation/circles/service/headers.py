"""Signed headers of bundles: who made which bundle with which key, and whether she may.

Verified headers are remembered per process (vault.md, Whose key).
"""

from collections.abc import Sequence
from hashlib import sha256

from cooperation.audit import service as audit
from cooperation.circles.kinds import makers_of, parties_of
from cooperation.circles.queries import BundleHead
from cooperation.circles.service.verified import Place, verified
from cooperation.core.db import Session
from cooperation.vault.directory import Directory
from cooperation.vault.encoding import length_prefixed
from cooperation.vault.errors import CannotOpen, StatementRefused
from cooperation.vault.statements import verify_signature

HEADER_VERSION = 2
_VERSIONS = (1, HEADER_VERSION)
_checked: dict[Place, dict[str, BundleHead]] = {}
"""Each header that this process has verified, by bundle."""


def forget_headers() -> None:
    """Start as a new process would; for tests."""
    _checked.clear()


def header_bytes(bundle: BundleHead, instance: str) -> bytes:
    """Return what the maker signs, in the form of the header's version; raises `CannotOpen`."""
    if bundle.version not in _VERSIONS:
        raise CannotOpen
    named = (bundle.subject, bundle.acting, *bundle.parties.split())
    return length_prefixed(
        f"cp/bundle/{bundle.version}",
        instance,
        bundle.id,
        bundle.kind,
        bundle.edition,
        bundle.state or "",
        bundle.key_id,
        bundle.maker,
        *(named if bundle.version == HEADER_VERSION else ()),
    )


def header_hash(bundle: BundleHead, instance: str) -> bytes:
    """Return what the log keeps of a signed header."""
    return sha256(length_prefixed(header_bytes(bundle, instance), bundle.signature)).digest()


def check_headers(session: Session, bundles: Sequence[BundleHead]) -> None:
    """Raise `CannotOpen` unless each header is logged, signed, and by one of the right circle."""
    current = verified(session)
    checked = _checked.setdefault(current.place, {})
    fresh = [bundle for bundle in bundles if checked.get(bundle.id) != bundle]
    if not fresh:
        return
    logged = _logged(session, [bundle.id for bundle in fresh])
    for bundle in fresh:
        place = logged.get((bundle.id, header_hash(bundle, current.place.instance)))
        if place is None:
            raise CannotOpen
        _check_maker(current.directory, bundle, place)
        checked[bundle.id] = bundle


def _check_maker(directory: Directory, bundle: BundleHead, place: int) -> None:
    person = directory.persons.get(bundle.maker)
    if person is None:
        raise CannotOpen
    acting = person.circle
    if bundle.version == HEADER_VERSION:
        acting = bundle.acting
        if tuple(bundle.parties.split()) != parties_of(bundle.kind, bundle.state):
            raise CannotOpen
    circle = directory.circles.get(acting)
    if acting not in makers_of(bundle.kind, bundle.state) or circle is None:
        raise CannotOpen
    if not circle.had(bundle.maker, place):
        raise CannotOpen
    key, message = person.signing_key_at(place), header_bytes(bundle, directory.instance)
    try:
        verify_signature(key, bundle.signature, message, instance=directory.instance)
    except StatementRefused as failure:
        raise CannotOpen from failure


def _logged(session: Session, bundle_ids: Sequence[str]) -> dict[tuple[str, bytes], int]:
    """Return the numbers of the entries "bundle.created" of these bundles, by bundle and hash.

    The first counts: whoever could write the same once more must not move it.
    """
    subject = bundle_ids[0] if len(bundle_ids) == 1 else None
    entries = audit.entries_for(session, action="bundle.created", subject=subject)
    return {
        (entry.subject, entry.statement): entry.seq
        for entry in reversed(entries)
        if entry.subject is not None and entry.statement is not None
    }
