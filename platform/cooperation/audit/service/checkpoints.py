"""Checkpoints: sign what the log is, prove what is in it (design: reliability 2)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from cooperation.audit import queries
from cooperation.audit.rules import (
    DUE_AFTER,
    EVIDENCE,
    RESTORED,
    Checkpoint,
    consistency_places,
    inclusion_places,
    origin_of,
    root_of_peaks,
    tlog_proof_text,
)
from cooperation.audit.service.entries import (
    LogBrokenError,
    evidence_in,
    root_at,
    wait_for_turn,
)
from cooperation.core.clock import Clock
from cooperation.core.db import Database, Session
from cooperation.core.errors import NotFound
from cooperation.core.settings import Settings
from cooperation.core.text import _
from cooperation.vault.archive import PARTS_TEXT, write_archive
from cooperation.vault.errors import NoteRefusedError, SignerRefusedError
from cooperation.vault.root import RootKeys
from cooperation.vault.signed_notes import NoteKey, TreeHead, verify_note
from cooperation.vault.signer import Signer, require_growth

_MOST_LOOKED_AT = 1_000


def needs_checkpoint(session: Session) -> bool:
    """Tell whether this transaction recorded what must not be lost: `EVIDENCE`."""
    return bool(evidence_in(session) & EVIDENCE)


def issue_checkpoint(
    database: Database, settings: Settings, root: RootKeys, clock: Clock
) -> Checkpoint | None:
    """Sign what the log is now, in a transaction of its own; `None` while the log is empty.

    The log is read in the signer's turn: what another process has signed before is committed and
    seen. Nothing is signed anew where the log did not grow, and never by the database's word alone:
    an old one knows of no later checkpoint. Raises `SignerRefusedError`.
    """
    signer = Signer(settings.signer_path)
    _make_key_once(signer, database, root)
    with signer.turn():
        with database.reading() as session:
            latest = latest_checkpoint(session)  # before the log, which grows meanwhile
            head = head_now(session, root.instance)
            if head.size == 0:
                return None
            require_continued(session, signer, latest, head)
            is_known = latest is not None and (latest.origin, latest.size) == (
                head.origin,
                head.size,
            )
            if is_known and signer.signed().get(head.origin) == head:
                return latest
            note = signer.sign(head, lambda size: consistency_proof(session, size, head.size))
        now = clock.now()
        with database.writing() as session:
            wait_for_turn(session)
            queries.add_checkpoint(session, head, at=now, note=note)
    return Checkpoint(head.origin, head.size, head.root, now, note)


def require_continued(
    session: Session, signer: Signer, latest: Checkpoint | None, head: TreeHead
) -> None:
    """Raise `SignerRefusedError` unless the log continues its latest checkpoint, under one key.

    So what the signer's folder has lost is made good by the database, and the other way round.
    """
    if latest is None or latest.origin != head.origin:
        return
    before = TreeHead(latest.origin, latest.size, latest.root)
    require_own(latest, signer.public_key(latest.origin))
    require_growth(before, head, lambda size: consistency_proof(session, size, head.size))


def require_own(checkpoint: Checkpoint, key: NoteKey) -> None:
    """Raise `SignerRefusedError` unless this key has signed what the checkpoint says."""
    head = TreeHead(checkpoint.origin, checkpoint.size, checkpoint.root)
    try:
        if verify_note(checkpoint.note, key) == head.text:
            return
    except NoteRefusedError:
        pass
    raise SignerRefusedError(
        _("The last checkpoint is not signed by this signer's key: put its folder back.")
    )


def _make_key_once(signer: Signer, database: Database, root: RootKeys) -> None:
    """Make the log's key with its first checkpoint; never where there were checkpoints before."""
    if signer.has_key:
        return
    with database.reading() as session:
        origin = current_origin(session, root.instance)
        is_first = not queries.has_checkpoints(session, origin)
    if not is_first:
        raise SignerRefusedError(_("The signer's key is away: put the copy of its folder back."))
    signer.make_key()


def head_now(session: Session, instance: str) -> TreeHead:
    """Return what a checkpoint of the log would say now; raises `LogBrokenError`."""
    size = queries.size_of_log(session)
    return TreeHead(current_origin(session, instance), size, root_at(session, size))


def is_checkpoint_due(session: Session, now: datetime) -> bool:
    """Tell whether the log has grown since a checkpoint that is an hour old, or has none.

    After a restoration it is due at once: until then witnesses would meet the log's earlier name
    with fewer entries than they have seen, and cry rollback.
    """
    latest = latest_checkpoint(session)
    if latest is None:
        return True
    instance = latest.origin.split("/")[1]
    if latest.origin != current_origin(session, instance):
        return True
    return latest.size != queries.size_of_log(session) and now - latest.at >= DUE_AFTER


def current_origin(session: Session, instance: str) -> str:
    """Return the log's name now; each restoration begins a log of its own name, openly."""
    return origin_of(instance, queries.number_of(session, action=RESTORED))


def latest_checkpoint(session: Session) -> Checkpoint | None:
    """Return the checkpoint that was issued last."""
    return _checkpoint(queries.newest_checkpoint(session))


def checkpoint_covering(session: Session, seq: int) -> Checkpoint | None:
    """Return a checkpoint that holds the entry: the best cosigned, of these the newest."""
    return _checkpoint(queries.best_checkpoint(session, above=seq, among=_MOST_LOOKED_AT))


def _checkpoint(found: queries.Cosigned | None) -> Checkpoint | None:
    if found is None:
        return None
    row, cosigned = found
    note = row.note + "".join(line for _name, line in cosigned)
    witnesses = tuple(name for name, _line in cosigned)
    return Checkpoint(row.origin, row.size, row.root, row.at, note, witnesses)


def entry_bytes(session: Session, seq: int) -> bytes:
    """Return the canonical bytes of an entry, which its leaf is the hash of; raises `NotFound`."""
    found = queries.canonical_of(session, seq)
    if found is None:
        raise NotFound
    return found


def proof_of_entry(session: Session, seq: int, checkpoint: Checkpoint) -> str:
    """Return the proof, as text, that the entry is in the log of this checkpoint.

    Raises `NotFound` where the checkpoint is too early, and `LogBrokenError`.
    """
    if not 0 <= seq < checkpoint.size:
        raise NotFound
    path = _hashes(session, inclusion_places(seq, checkpoint.size))
    return tlog_proof_text(seq, path, checkpoint.note)


def consistency_proof(session: Session, earlier: int, later: int) -> list[bytes]:
    """Return the proof that the log of `later` entries begins with the one of `earlier`.

    0 < `earlier` <= `later` <= the log's size. Raises `LogBrokenError` where the log was cut.
    """
    return _hashes(session, consistency_places(earlier, later))


def _hashes(session: Session, groups: Sequence[Sequence[tuple[int, int]]]) -> list[bytes]:
    """Return the root over each group of sub-trees, all read at once."""
    places = [place for group in groups for place in group]
    found = dict(zip(places, queries.node_hashes(session, places), strict=False))
    if len(found) != len(places):
        raise LogBrokenError
    return [root_of_peaks([found[place] for place in group]) for group in groups]


def log_vkey(settings: Settings, origin: str | None = None) -> str:
    """Return the log's public key under its name, by default the name last signed here.

    Raises `SignerRefusedError` where nothing was signed yet.
    """
    signer = Signer(settings.signer_path)
    name = origin or next(reversed(signer.signed()), None)
    if name is None:
        raise SignerRefusedError(_("Nothing was signed yet."))
    return signer.public_key(name).vkey


def signed_archive(settings: Settings, origin: str, parts: Mapping[str, bytes]) -> bytes:
    """Return an archive of these parts with their list, signed by the log's key, as the last.

    Raises `SignerRefusedError`.
    """
    listed = Signer(settings.signer_path).sign_parts(origin, parts)
    return write_archive({**parts, PARTS_TEXT: listed.encode()})
