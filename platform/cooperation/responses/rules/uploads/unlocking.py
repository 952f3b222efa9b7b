"""What rules ask of whoever knows ciphers: to open a PDF that asks for no password."""

from collections.abc import Callable, Mapping
from typing import Protocol


class Unlocked(Protocol):
    """A locked PDF's contents in plain; None for what does not open."""

    def stream(self, number: int, generation: int, packed: bytes) -> bytes | None:
        """Return the bytes of an object's stream."""

    def string(self, number: int, generation: int, text: bytes) -> bytes | None:
        """Return a text of an object."""


Unlock = Callable[[Mapping[str, object], bytes], Unlocked | None]
"""Takes the dictionary that says how a file is locked, and the file's own id; None: not opened.

Names are texts with their slash, strings are bytes.
"""
