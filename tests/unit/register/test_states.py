from datetime import UTC, date, datetime

import pytest

from cooperation.access.rules import Institution, Role
from cooperation.audit import service as audit
from cooperation.core.errors import NotAllowed, NotFound
from cooperation.register import service
from cooperation.register.rules import (
    EventKind,
    MembershipEvent,
    RegionalGroup,
    count_by_group,
    fictional_addresses,
    parse_sheet,
    pending_events,
    state_names,
)
from cooperation.register.service import states as states_service
from cooperation.register.service.loading import fictional_register
from cooperation.register.service.states import list_parties
from tests.fixtures.sheets import sheet_bytes

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (date(2002, 7, 1), None),
        (date(2023, 12, 4), (33, 19, 18, 28, 25)),
        (date(2024, 1, 31), (33, 19, 18, 28, 25)),
        (date(2024, 2, 1), (33, 19, 19, 28, 25)),
        (date(2025, 1, 1), (33, 19, 20, 28, 25)),
        (date(2026, 11, 22), (33, 19, 20, 28, 25)),
    ],
)
def test_parties_are_counted_for_a_day(session, day, counts):
    parties = service.parties_on(session, day)

    if counts is None:
        assert len(parties) == 66
    else:
        assert tuple(count_by_group(parties).values()) == counts


def test_statute_was_in_force_for_nobody_before_july_2002(session):
    assert service.parties_on(session, date(2002, 6, 30)) == []


def test_withdrawal_ends_on_its_day(session):
    codes = {
        day: {state.code for state in service.parties_on(session, day)}
        for day in (date(2017, 10, 26), date(2017, 10, 27))
    }

    assert "BDI" in codes[date(2017, 10, 26)]
    assert "BDI" not in codes[date(2017, 10, 27)]


def test_parties_stand_in_order_of_their_english_names(session):
    names = [state.name for state in service.parties_on(session, NOW.date())]

    assert names[0] == "Afghanistan"
    assert names.index("Côte d'Ivoire") < names.index("Croatia")


def test_state_has_its_names_and_its_article(session):
    belgium = service.state(session, "BEL")

    assert belgium.formal_name_with_article == "the Kingdom of Belgium"
    assert belgium.names == {"en": "Belgium", "fr": "Belgique", "es": "Bélgica"}
    assert belgium.group is RegionalGroup.WEOG


def test_unknown_state_is_not_found(session):
    with pytest.raises(NotFound):
        service.state(session, "XXX")


def test_loading_again_changes_nothing_and_logs_nothing(session):
    size = audit.log_state(session).size

    assert service.load_register(session, now=NOW) == 0
    assert audit.log_state(session).size == size == 1


@pytest.mark.parametrize(
    ("code", "pending"),
    [
        ("HUN", []),
        ("ZAF", []),
        ("BDI", []),
        ("MLI", [EventKind.WITHDRAWAL_ANNOUNCED]),
        ("FRA", []),
    ],
)
def test_only_what_still_stands_is_a_warning(officer, code, pending):
    profile = states_service.profile(officer, code)

    assert [event.kind for event in profile.pending] == pending
    assert profile.is_party is (code != "BDI")


def test_notice_is_a_warning_until_it_is_revoked_or_takes_effect():
    def event(kind, on, takes_effect_on=None):
        return MembershipEvent("HUN", kind, on, takes_effect_on, "", True, "")

    notice = event(EventKind.WITHDRAWAL_NOTIFIED, date(2025, 6, 2), date(2026, 6, 2))
    revoked = event(EventKind.WITHDRAWAL_REVOKED, date(2026, 5, 29))

    assert pending_events([notice], date(2025, 6, 1)) == []
    assert pending_events([notice], date(2025, 6, 2)) == [notice]
    assert pending_events([notice], date(2026, 6, 1)) == [notice]
    assert pending_events([notice], date(2026, 6, 2)) == []
    assert pending_events([revoked, notice], date(2026, 5, 30)) == []


@pytest.mark.parametrize(
    ("role", "institution"),
    [
        (Role.COURT_READER, Institution.COURT),
        (Role.AUDITOR, Institution.NONE),
        (Role.FOCAL_POINT, Institution.STATE),
    ],
)
def test_only_the_secretariat_reads_the_register_pages(context, role, institution):
    with pytest.raises(NotAllowed):
        list_parties(context(role, institution, state_code="KEN"), NOW.date())
    with pytest.raises(NotAllowed):
        states_service.profile(context(role, institution, state_code="KEN"), "KEN")


def test_head_reads_the_list_with_its_warnings(context):
    lines = list_parties(context(Role.HEAD), NOW.date())

    assert len(lines) == 125
    assert {line.state.code for line in lines if line.pending} >= {"BFA", "MLI", "NER", "VEN"}


def test_fictional_register_has_the_true_numbers_and_no_true_name(session):
    real = service.parties_on(session, NOW.date())
    fictional = fictional_register(NOW.date())

    assert count_by_group(fictional) == count_by_group(real)
    assert fictional[0].code == "AF01"
    assert fictional[0].name == "State AF-01"
    codes = {state.code for state in fictional}
    assert {"AF33", "AS19", "EA20", "LA28", "WE25"} <= codes
    assert len(codes) == len(fictional)
    styles = {state.formal_name_with_article.split("State")[0] for state in fictional}
    assert styles == {"", "the Republic of ", "the Kingdom of "}
    assert all("State " in state.formal_name_with_article for state in fictional)
    assert not {state.name for state in real} & {state.name for state in fictional}
    assert all(state.is_party_on(date(2020, 1, 1)) for state in fictional)


def test_fictional_addresses_pass_the_import():
    states = fictional_register(NOW.date())
    rows = fictional_addresses(states)

    sheet = parse_sheet(sheet_bytes(rows), state_names(states))

    assert sheet.errors == ()
    assert [row.fields for row in sheet.rows] == [row.fields for row in rows]
    assert 5 < sum(not row.fields.email for row in rows) < 20


def test_fictional_register_is_loaded_like_the_real_one(database):
    with database.writing() as session:
        changed = service.load_fictional_register(session, now=NOW)

        assert changed == len(service.parties_on(session, NOW.date())) == 125
