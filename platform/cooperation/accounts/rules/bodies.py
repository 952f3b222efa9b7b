"""Institutions and States by one short word, as it stands in addresses of pages."""

from cooperation.circles.rules import (
    CO_FACILITATORS,
    COURT,
    SECRETARIAT,
    state_circle,
    state_of_circle,
)
from cooperation.core.text import Text, _

BODIES: dict[str, Text] = {
    "secretariat": _("Secretariat"),
    "court": _("Court"),
    "co-facilitators": _("Co-facilitators"),
}

_CIRCLES = {"secretariat": SECRETARIAT, "court": COURT, "co-facilitators": CO_FACILITATORS}


def circle_of_body(body: str) -> str:
    """Return the circle of an institution's word, or of a State's code."""
    return _CIRCLES.get(body) or state_circle(body)


def body_of_circle(circle: str) -> str:
    """Return the word or code that stands for a circle in addresses."""
    code = state_of_circle(circle)
    return code or next(body for body, found in _CIRCLES.items() if found == circle)
