from tests.fixtures.responses import round_, seeded

__all__ = ["round_", "seeded"]
