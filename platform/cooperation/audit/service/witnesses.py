"""Witnesses: others keep what the log was and sign it too (c2sp.org/tlog-cosignature).

Whose signatures count is a setting; nothing else of a witness is known here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cooperation.audit import queries
from cooperation.audit.service.entries import wait_for_turn
from cooperation.core.db import Database, Session
from cooperation.core.errors import Broken, NotAllowed, NotFound
from cooperation.core.settings import Settings
from cooperation.core.text import _
from cooperation.vault.errors import NoteRefusedError
from cooperation.vault.signed_notes import (
    WITNESS_KIND,
    NoteKey,
    NoteSignature,
    cosigned_at,
    parse_note,
    parse_tree_head,
    parse_vkey,
)

_EARLY = timedelta(days=1)
"""How far a witness's clock may be ahead."""


class WitnessUnknownError(NotAllowed):
    """None of the signatures is of a witness that the settings name."""

    sentence = _("No signature is of a witness of this log.")


class WitnessesRefusedError(Broken):
    """The setting does not hold keys of witnesses."""

    sentence = _(
        "Setting witnesses: a key is written name+id+base64, of the kind that witnesses have."
    )


@dataclass(frozen=True)
class Witness:
    """A witness of this log and when she last signed a checkpoint, and of how many entries."""

    name: str
    vkey: str
    last_at: datetime | None = None
    last_size: int | None = None


def witness_keys(settings: Settings) -> tuple[NoteKey, ...]:
    """Return the keys that the settings name; raises `WitnessesRefusedError`."""
    texts = [text.strip() for text in settings.witnesses.split(",") if text.strip()]
    try:
        keys = tuple(parse_vkey(text) for text in texts)
    except NoteRefusedError as failure:
        raise WitnessesRefusedError from failure
    if any(key.kind != WITNESS_KIND for key in keys):
        raise WitnessesRefusedError
    return keys


def witnesses_of(session: Session, settings: Settings) -> list[Witness]:
    """Return the witnesses in the order of the settings, each with her last signature."""
    last = queries.last_cosignatures(session)
    found = []
    for key in witness_keys(settings):
        at, size = last.get(_code_of(key), (None, None))
        found.append(Witness(key.name, key.vkey, at, size))
    return found


def accept_cosignatures(
    database: Database, settings: Settings, note: str, now: datetime
) -> Sequence[str]:
    """Keep the signatures of witnesses below a checkpoint of ours; return the witnesses' names.

    The same signature again changes nothing: a witness has one signature for each checkpoint, the
    first. Raises `NoteRefusedError`, `WitnessUnknownError`, and `NotFound` for a checkpoint that
    was not issued here.
    """
    parsed = parse_note(note)
    head = parse_tree_head(parsed.text)
    claimed = [(key, line) for key in witness_keys(settings) for line in parsed.signatures_of(key)]
    if not claimed:
        raise WitnessUnknownError
    made = [(key, line, _moment_of(parsed.text, line, key, now)) for key, line in claimed]
    with database.reading() as session:
        checkpoint = queries.checkpoint_of(session, head)
        if checkpoint is None:
            raise NotFound
        known = queries.witnesses_of_checkpoint(session, checkpoint)
    fresh = [each for each in made if _code_of(each[0]) not in known]
    if fresh:
        with database.writing() as session:
            wait_for_turn(session)
            for key, line, at in fresh:
                queries.add_cosignature(
                    session, checkpoint, witness=_code_of(key), line=line.line, at=at
                )
    return [key.name for key, _line, _at in made]


def _moment_of(text: str, line: NoteSignature, key: NoteKey, now: datetime) -> datetime:
    seconds = cosigned_at(text, line, key)
    if seconds > (now + _EARLY).timestamp():
        raise NoteRefusedError(_("The signature's time lies in the future."))
    return datetime.fromtimestamp(seconds, UTC)


def _code_of(key: NoteKey) -> str:
    return f"{key.name}+{key.key_id.hex()}"
