"""What one entry says, and its canonical bytes (design: reliability 2)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from cooperation.vault.encoding import Json, canonical_json

Scope = tuple[str, ...] | Literal["all"]
"""Codes concerned, sorted; `all` for every one of them."""

SYSTEM = "system"
"""Actor, role and institution of an act without a signed-in person."""


@dataclass(frozen=True)
class Entry:
    """One entry of the log; no answer text, no names. `at` counts to the millisecond."""

    seq: int
    at: datetime
    actor: str
    role: str
    institution: str
    action: str
    request_id: str
    edition: str | None = None
    states: Scope = ()
    questions: Scope = ()
    submission: str | None = None
    version: int | None = None
    commitment: bytes | None = None
    statement: bytes | None = None
    subject: str | None = None

    def canonical(self) -> bytes:
        """Return the entry as canonical JSON: sorted keys, no spaces, NFC, integers only."""
        members: dict[str, Json] = {
            "action": self.action,
            "actor": self.actor,
            "at": moment_text(self.at),
            "commitment": hex_text(self.commitment),
            "institution": self.institution,
            "request_id": self.request_id,
            "role": self.role,
            "scope": {
                "edition": self.edition,
                "questions": self.questions,
                "states": self.states,
                "submission": self.submission,
            },
            "seq": self.seq,
            "statement": hex_text(self.statement),
            "subject": self.subject,
            "version": self.version,
        }
        return canonical_json(members)


def to_milliseconds(instant: datetime) -> datetime:
    """Return `instant` in UTC, cut to the millisecond."""
    moment = instant.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def moment_text(instant: datetime) -> str:
    """Return an instant as the log writes it: `2026-11-22T09:30:00.125Z`."""
    return to_milliseconds(instant).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def hex_text(value: bytes | None) -> str | None:
    """Return bytes in lower-case hexadecimal, `None` for none."""
    return None if value is None else value.hex()
