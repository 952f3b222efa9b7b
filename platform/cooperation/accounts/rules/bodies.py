"""Institutions and States by one short word, as it stands in addresses of pages."""

from cooperation.access.rules import OFFICES, institution_of_circle, state_circle, state_of_circle
from cooperation.core.text import Text

BODIES: dict[str, Text] = {office.address: office.label for office in OFFICES}
_CIRCLES = {office.address: office.circle for office in OFFICES}


def circle_of_body(body: str) -> str:
    """Return the circle of an institution's word, or of a State's code."""
    return _CIRCLES.get(body) or state_circle(body)


def body_of_circle(circle: str) -> str:
    """Return the word or code that stands for a circle in addresses."""
    return state_of_circle(circle) or institution_of_circle(circle).address
