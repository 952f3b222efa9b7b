"""Old signed statements, appended by whoever has the application's role of PostgreSQL."""

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.circles import service as circles
from cooperation.core.db import Database, RuleBrokenError, make_engine
from cooperation.core.row_scope import COMMANDING
from cooperation.operation.doctor import UnwellError, directory_finding
from tests.fixtures.old_statements import append_again, size_of, statements_from
from tests.fixtures.rehearsal import OWN

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("rehearsal")]


@pytest.fixture
def intruder(own_bound_database):
    """Somebody who has the application's address."""
    database = Database(make_engine(own_bound_database.application), COMMANDING)
    yield database
    database.engine.dispose()


def test_the_applications_role_gains_nothing_by_old_statements(company, intruder):
    focal = company.person(Role.FOCAL_POINT, OWN)
    writer = company.person(Role.CONTRIBUTOR, OWN)
    person_id, start = company.id_of(writer), size_of(company.above)
    for role in (Role.SIGNATORY, Role.CONTRIBUTOR):
        company.does(
            focal,
            lambda ctx, role=role: circles.set_roles(
                ctx, person_id=person_id, roles=frozenset({role})
            ),
        )
    with intruder.reading() as session:
        old = statements_from(session, start)[:1]
        assert directory_finding(session).endswith("statements")

    with intruder.writing() as session, pytest.raises(RuleBrokenError):
        append_again(session, old)
    with company.above.writing() as session:
        session.execute(sa.text("DROP INDEX ix_log_entries_statement"))
    with intruder.writing() as session:
        append_again(session, old)

    assert company.does(writer, lambda ctx: ctx.actor.roles) == {Role.CONTRIBUTOR}
    with intruder.reading() as session, pytest.raises(UnwellError, match="without effect: 1"):
        directory_finding(session)
