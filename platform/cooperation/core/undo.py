"""The way back from an act: a form that the message about the act brings to the next page."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

UNDO = "undo"
"""The kind of a message that holds a `WayBack`; it belongs to the message before it."""


@dataclass(frozen=True)
class WayBack:
    """The form that undoes an act: where it is sent, and what it says."""

    address: str
    fields: Mapping[str, str]

    def to_json(self) -> str:
        """Return the form as the message carries it."""
        return json.dumps([self.address, dict(self.fields)])


def read_way_back(text: str) -> WayBack:
    """Return the form that a message carries."""
    address, fields = json.loads(text)
    return WayBack(address, fields)
