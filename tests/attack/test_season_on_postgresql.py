"""A whole season played as the role that row-level security binds: every act that writes."""

import pytest
import sqlalchemy as sa

from cooperation.core.db import make_engine
from cooperation.demonstration.builder import build
from tests.fixtures.bound import BoundDatabase
from tests.fixtures.instance import SMALL, settings_of_test

pytestmark = pytest.mark.slow

WRITTEN = ("people", "note_dispatches", "draft_answers", "submissions", "approvals")


def test_a_season_is_played_as_the_bound_role(bound_database: BoundDatabase, tmp_path):
    settings = settings_of_test(tmp_path / "instance", **bound_database.settings())

    build(settings, size=SMALL, report=lambda _: None)

    above = make_engine(bound_database.superuser)
    with above.connect() as connection:
        for table in (*WRITTEN, "published_answers", "proposal_items", "grants"):
            assert connection.scalar(sa.text(f"SELECT count(*) FROM {table}")), table  # noqa: S608
    above.dispose()
