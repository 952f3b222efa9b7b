from tests.fixtures.publication import (
    after_publication,
    after_submission,
    office,
    published,
    submitted,
)
from tests.fixtures.responses import seeded

__all__ = [
    "after_publication",
    "after_submission",
    "office",
    "published",
    "seeded",
    "submitted",
]
