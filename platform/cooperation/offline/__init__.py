"""Programs that people take away and run without the platform; they import nothing of it.

Each is one file, handed out byte for byte, so that its hash can be printed on paper.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path

VERIFIER = "verify_receipt.py"


@cache
def verifier() -> bytes:
    """Return the program that checks receipts."""
    return (Path(__file__).parent / VERIFIER).read_bytes()


@cache
def verifier_hash() -> str:
    """Return its SHA-256 in hex, as it is printed on the note verbale's annex."""
    return sha256(verifier()).hexdigest()
