"""The machine's own limits: what nobody can be faster than."""

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benchmarks.bare import WORD, bare_application
from benchmarks.timing import Task
from cooperation.core.db import SQLITE_SETTINGS
from cooperation.vault.passwords import STRONG, stretch

REQUEST = "bare Flask request"
COMMIT = "durable commit of ten rows"
HASH = "one Argon2 hash"
ROWS = 10
ROW_BYTES = 512
ASSOCIATED_BYTES = 190
"""As long as the associated data of most records."""
NONCE_START, NONCE_END, TAG_BYTES = 36, 48, 16
"""Where the nonce of a record stands (design: vault.md, Record)."""


def request_task() -> Task:
    """A Flask application with one view that says one word, called as the platform is called."""
    client = bare_application().test_client(use_cookies=False)

    def run(_prepared: object) -> None:
        response = client.open("/")
        assert response.get_data() == WORD.encode()

    return Task(REQUEST, run, repeats=50)


def commit_task(folder: Path) -> Task:
    """Ten rows in one transaction, on the disk of the instance, with its settings."""
    connection = sqlite3.connect(folder / "limits.db", isolation_level=None)
    for name, value in SQLITE_SETTINGS.items():
        connection.execute(f"PRAGMA {name}={value}")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS rows (id TEXT PRIMARY KEY, number INTEGER, content BLOB)"
    )

    def run(_prepared: object) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(
            "INSERT INTO rows VALUES (?, ?, ?)",
            [(os.urandom(16).hex(), number, os.urandom(ROW_BYTES)) for number in range(ROWS)],
        )
        connection.execute("COMMIT")

    return Task(COMMIT, run, repeats=5)


def cipher_task(name: str, lengths: Sequence[int]) -> Task:
    """Open records of the same lengths with one AES-GCM key: take nonce and rest, nothing else."""
    cipher = AESGCM(os.urandom(32))
    bound = os.urandom(ASSOCIATED_BYTES)
    sealed = []
    for length in lengths:
        start = os.urandom(NONCE_END)
        content = os.urandom(length - NONCE_END - TAG_BYTES)
        sealed.append(start + cipher.encrypt(start[NONCE_START:], content, bound))

    def run(_prepared: object) -> None:
        for record in sealed:
            cipher.decrypt(record[NONCE_START:NONCE_END], record[NONCE_END:], bound)

    return Task(name, run)


def hash_task() -> Task:
    """One password hash of the profile that production uses."""

    def run(_prepared: object) -> None:
        stretch("violet harbour sandwich umbrella kitchen", os.urandom(16), STRONG)

    return Task(HASH, run)
