from tests.fixtures.circles import first_world, world

__all__ = ["first_world", "world"]
