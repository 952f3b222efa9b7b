"""What a check of records found: how many were opened, and which are not as they must be."""

from dataclasses import dataclass
from typing import NamedTuple

from cooperation.core.text import Text


class RecordFault(NamedTuple):
    """A record that does not open, or is not what was signed; nothing of its content."""

    edition: str
    state_code: str
    question: str
    what: Text


@dataclass(frozen=True)
class RecordsChecked:
    """Records opened and compared; `files` of them are files."""

    opened: int = 0
    files: int = 0
    faults: tuple[RecordFault, ...] = ()

    def __add__(self, other: "RecordsChecked") -> "RecordsChecked":
        return RecordsChecked(
            self.opened + other.opened, self.files + other.files, self.faults + other.faults
        )
