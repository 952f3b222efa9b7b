"""The register on SQLite and on PostgreSQL."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cooperation.access.context import RequestContext
from cooperation.access.rules import Actor, Institution, Role
from cooperation.core.settings import Mode, Settings
from cooperation.register import service
from cooperation.register.rules import fictional_addresses
from cooperation.register.service.addresses import addresses
from cooperation.register.service.imports import import_addresses, store_import
from cooperation.vault.root import RootKeys
from tests.fixtures.sheets import sheet_bytes

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def officer(each_database, tmp_path):
    person = "11111111-1111-4111-8111-111111111111"
    with each_database.writing() as session:
        service.load_fictional_register(session, now=NOW)
        yield RequestContext(
            session=session,
            actor=Actor(person, frozenset({Role.OFFICER}), Institution.SECRETARIAT),
            now=NOW,
            root=RootKeys({1: bytes(32)}, instance="test"),
            settings=Settings(instance_path=tmp_path, mode=Mode.TEST),
        )


def test_every_state_gets_its_post_by_one_import(officer):
    states = service.parties_on(officer.session, NOW.date())
    content = sheet_bytes(fictional_addresses(states))

    number = import_addresses(officer, store_import(officer, content))

    records = service.addresses_of_record(officer.session, officer.root)
    assert number == len(records) == len(states)


def test_address_of_record_moves(officer):
    first = fictional_addresses(service.parties_on(officer.session, NOW.date()))[0].fields
    service.save_address(officer, state_code="AF01", given=first)
    other = replace(first, kind=next(kind for kind in type(first.kind) if kind != first.kind))

    service.save_address(officer, state_code="AF01", given=replace(other, place="Somewhere"))

    found = addresses(officer.session, officer.root, "AF01")
    assert [each.is_of_record for each in found] == [True, False]
    assert found[0].kind is other.kind
