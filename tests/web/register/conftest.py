import pytest
import sqlalchemy as sa

from cooperation.register import service as register
from cooperation.register.models import StateRow
from tests.fixtures.snapshots import new_copy


@pytest.fixture(scope="session")
def registered(peopled, tmp_path_factory):
    """The world with the real register; never changed."""
    for made in new_copy(peopled, tmp_path_factory.mktemp("registered") / "world"):
        made.session.execute(sa.delete(StateRow))
        register.load_register(made.session, now=made.now)
        made.commit()
    return made


@pytest.fixture
def world(registered, tmp_path):
    """A copy for one test."""
    yield from new_copy(registered, tmp_path / "world")


@pytest.fixture
def visitor(world):
    """An officer."""
    return world.visitor(world.people["officer"])
