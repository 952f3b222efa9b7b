from tests.fixtures.publication import office, published, submitted
from tests.fixtures.responses import round_, seeded

__all__ = ["office", "published", "round_", "seeded", "submitted"]
