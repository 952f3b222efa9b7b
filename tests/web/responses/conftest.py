from tests.fixtures.responses import answering_world

__all__ = ["answering_world"]
