from tests.fixtures.office_web import (
    office_app,
    open_pages,
    published_pages,
    submitted_pages,
)
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
    "office_app",
    "open_pages",
    "published",
    "published_pages",
    "seeded",
    "submitted",
    "submitted_pages",
]
