"""The programs that people take away, and the hashes by which to know them again."""

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


@cache
def receipt_program() -> Program:
    """Return name and hash of the program that checks receipts and exports with proofs."""
    return Program(offline.VERIFIER, offline.verifier_hash())


def commands(vkey: str, address: str) -> dict[str, str]:
    """Return what is typed to check a file, to make a witness's key, and to look at the log."""
    witness, state = f"python3 {WITNESS.name}", "--state witness.json"
    return {
        "check": f"python3 {offline.VERIFIER} --key {vkey} FILE.zip",
        "init": f"{witness} init --name court.example {state}",
        "run": f"{witness} run {address} --log-key {vkey} {state}",
    }
