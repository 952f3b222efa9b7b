"""Undoing an act on answers: back to the version before, where nobody has written since.

Source: design/answering.md 1. The message about an act names each answer with the version that the
act made. Nothing else is kept: every version of an answer is there anyway.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cooperation.core.errors import FieldsRefused
from cooperation.editions.rules import QUESTION_CODE
from cooperation.responses.rules.merge import Saver, Stored

_MADE = re.compile(rf"(?P<question>{QUESTION_CODE}):(?P<version>[1-9][0-9]{{0,6}})")
_MOST = 500

Versions = Mapping[str, int]


def write_made(versions: Versions) -> str:
    """Return the versions that an act made, by question, as a form carries them."""
    return " ".join(f"{question}:{version}" for question, version in versions.items())


def read_made(text: str) -> dict[str, int]:
    """Return the versions that an act made, by question; raises `FieldsRefused`."""
    words = text.split(" ")
    found = [_MADE.fullmatch(word) for word in words[:_MOST]]
    made = {match["question"]: int(match["version"]) for match in found if match}
    if len(made) != len(words):
        raise FieldsRefused
    return made


@dataclass(frozen=True)
class Undoing:
    """The versions to go back to, 0 for a blank answer; `changed` were written since the act."""

    before: Versions
    changed: tuple[str, ...]


def plan_undoing(made: Versions, stored: Mapping[str, Stored], saver: Saver) -> Undoing:
    """Return what undoing comes to: only what the act left, and the same person, is undone."""
    before, changed = {}, []
    for question, version in made.items():
        now = stored.get(question, Stored())
        if now.version == version and saver.has_saved(now):
            before[question] = version - 1
        else:
            changed.append(question)
    return Undoing(before, tuple(changed))
