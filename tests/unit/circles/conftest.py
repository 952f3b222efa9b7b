from tests.fixtures.circles import world

__all__ = ["world"]
