import pytest

from cooperation.register import service as register
from tests.fixtures.desk import NOON, make_desk


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """The real register, and an officer in front of it."""
    desk = make_desk(tmp_path, monkeypatch)
    with desk.database.writing() as session:
        register.load_register(session, now=NOON)
    yield desk
    desk.database.engine.dispose()
