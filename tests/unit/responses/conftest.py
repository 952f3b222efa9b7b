from tests.fixtures.responses import round_, round_on_postgresql, seeded

__all__ = ["round_", "round_on_postgresql", "seeded"]
