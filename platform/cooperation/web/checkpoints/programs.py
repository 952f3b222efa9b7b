"""The witness's program as it is packaged, and the hash by which to know it again."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cooperation import offline

WITNESS = Path(offline.__path__[0]) / "witness.py"


@dataclass(frozen=True)
class Program:
    """A program to download."""

    name: str
    sha256: str


@cache
def witness_program() -> Program:
    """Return name and hash of the witness's program."""
    return Program(WITNESS.name, hashlib.sha256(WITNESS.read_bytes()).hexdigest())
