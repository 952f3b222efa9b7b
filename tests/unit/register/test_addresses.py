from dataclasses import replace
from datetime import timedelta

import pytest

from cooperation.access.rules import Institution, Role
from cooperation.audit import service as audit
from cooperation.core.errors import Invalid, NotAllowed, NotFound
from cooperation.core.ids import new_id
from cooperation.register import service
from cooperation.register.models import AddressRow
from cooperation.register.rules import AddressFields, PostKind
from cooperation.register.service.addresses import (
    AddressChangedError,
    address,
    addresses,
    delete_address,
)
from cooperation.register.service.imports import (
    ImportOutdatedError,
    RowEffect,
    SheetHasErrorsError,
    import_addresses,
    preview_import,
    read_sheet,
    store_import,
)

EMBASSY = AddressFields(
    PostKind.EMBASSY_THE_HAGUE, "", ("Embassy", " Street  1 "), " post@kenya.example ", False
)
MINISTRY = AddressFields(PostKind.MINISTRY, "Nairobi", (), "", False)
SHEET = (
    b"state,kind,place,line_1,email,of_record\n"
    b"KEN,embassy_the_hague,,Street 2,new@kenya.example,yes\n"
    b"FRA,ministry,Paris,,post@france.example,\n"
)


def only(ctx, code="KEN"):
    (found,) = addresses(ctx.session, ctx.root, code)
    return found


def test_saved_post_is_cleaned_and_the_first_is_of_record(officer):
    service.save_address(officer, state_code="KEN", given=EMBASSY)

    found = only(officer)
    assert (found.place, found.lines) == ("The Hague", ("Embassy", "Street 1"))
    assert (found.email, found.is_of_record) == ("post@kenya.example", True)
    assert service.address_of_record(officer.session, officer.root, "KEN") == found
    assert service.addresses_of_record(officer.session, officer.root) == {"KEN": found}


def test_what_an_address_says_is_wrapped(officer):
    service.save_address(officer, state_code="KEN", given=EMBASSY)

    row = officer.session.get_one(AddressRow, only(officer).id)
    for sealed in (row.sealed_email, row.sealed_lines):
        assert b"kenya" not in sealed
        assert b"Street" not in sealed


def test_another_post_can_take_over_as_address_of_record(officer):
    service.save_address(officer, state_code="KEN", given=EMBASSY)
    service.save_address(officer, state_code="KEN", given=replace(MINISTRY, is_of_record=True))

    found = addresses(officer.session, officer.root, "KEN")

    assert [(each.kind, each.is_of_record) for each in found] == [
        (PostKind.MINISTRY, True),
        (PostKind.EMBASSY_THE_HAGUE, False),
    ]


def test_second_post_of_the_same_kind_is_refused(officer):
    service.save_address(officer, state_code="KEN", given=EMBASSY)

    with pytest.raises(Invalid) as refusal:
        service.save_address(officer, state_code="KEN", given=EMBASSY)

    assert [field for field, _sentence in refusal.value.errors] == ["kind"]


def test_errors_name_their_fields(officer):
    wrong = AddressFields(PostKind.EMBASSY_ELSEWHERE, "", ("x" * 121,) * 7, "nobody", False)

    with pytest.raises(Invalid) as refusal:
        service.save_address(officer, state_code="KEN", given=wrong)

    assert {field for field, _sentence in refusal.value.errors} == {"place", "lines", "email"}


def test_change_of_what_a_colleague_has_changed_is_a_conflict(officer):
    address_id = service.save_address(officer, state_code="KEN", given=EMBASSY)
    seen = only(officer).version
    service.save_address(
        officer,
        state_code="KEN",
        given=replace(EMBASSY, email="theirs@kenya.example"),
        address_id=address_id,
        version=seen,
    )

    with pytest.raises(AddressChangedError) as conflict:
        service.save_address(
            officer,
            state_code="KEN",
            given=replace(EMBASSY, email="mine@kenya.example"),
            address_id=address_id,
            version=seen,
        )

    assert conflict.value.current.email == "theirs@kenya.example"
    assert only(officer).email == "theirs@kenya.example"


def test_deleting_the_address_of_record_names_the_next_one(officer):
    first = service.save_address(officer, state_code="KEN", given=EMBASSY)
    service.save_address(officer, state_code="KEN", given=MINISTRY)

    delete_address(officer, state_code="KEN", address_id=first)

    assert (only(officer).kind, only(officer).is_of_record) == (PostKind.MINISTRY, True)


def test_post_of_one_state_is_not_found_under_another(officer):
    address_id = service.save_address(officer, state_code="KEN", given=EMBASSY)

    for act in (delete_address,):
        with pytest.raises(NotFound):
            act(officer, state_code="FRA", address_id=address_id)
    with pytest.raises(NotFound):
        address(officer, "FRA", address_id)
    with pytest.raises(NotFound):
        service.save_address(officer, state_code="XXX", given=EMBASSY)


def test_every_write_is_logged_without_content(officer):
    address_id = service.save_address(officer, state_code="KEN", given=EMBASSY)
    delete_address(officer, state_code="KEN", address_id=address_id)

    entries = audit.entries_for(officer.session, subject=address_id)

    assert [entry.action for entry in entries] == ["address.saved", "address.deleted"]
    assert all(entry.states == ("KEN",) for entry in entries)
    assert all(b"kenya.example" not in entry.canonical() for entry in entries)


def test_only_the_secretariat_writes(context):
    outsiders = (
        context(Role.COURT_READER, Institution.COURT),
        context(Role.FOCAL_POINT, Institution.STATE, state_code="KEN"),
        context(Role.ADMINISTRATOR, Institution.NONE),
    )
    for outsider in outsiders:
        for act in (
            lambda ctx: service.save_address(ctx, state_code="KEN", given=EMBASSY),
            lambda ctx: delete_address(ctx, state_code="KEN", address_id=new_id()),
            lambda ctx: store_import(ctx, SHEET),
            lambda ctx: read_sheet(ctx, SHEET),
            lambda ctx: preview_import(ctx, new_id()),
            lambda ctx: import_addresses(ctx, new_id()),
        ):
            with pytest.raises(NotAllowed):
                act(outsider)


def test_import_does_what_its_preview_showed(officer):
    service.save_address(officer, state_code="KEN", given=EMBASSY)
    service.save_address(officer, state_code="KEN", given=replace(MINISTRY, is_of_record=True))

    import_id = store_import(officer, SHEET)
    preview = preview_import(officer, import_id)
    number = import_addresses(officer, import_id)

    assert [each.effect for each in preview.rows] == [RowEffect.CHANGED, RowEffect.NEW]
    assert number == 2
    record = service.address_of_record(officer.session, officer.root, "KEN")
    assert (record.lines, record.email) == (("Street 2",), "new@kenya.example")
    assert only(officer, "FRA").is_of_record
    (entry,) = audit.entries_for(officer.session, action="addresses.imported")
    assert (entry.states, entry.subject) == (("FRA", "KEN"), import_id)


def test_import_of_the_same_file_again_changes_nothing(officer):
    import_addresses(officer, store_import(officer, SHEET))

    import_id = store_import(officer, SHEET)

    effects = {each.effect for each in preview_import(officer, import_id).rows}
    assert effects == {RowEffect.UNCHANGED}
    assert import_addresses(officer, import_id) == 0


def test_import_is_applied_once(officer):
    import_id = store_import(officer, SHEET)
    import_addresses(officer, import_id)

    with pytest.raises(NotFound):
        import_addresses(officer, import_id)


def test_import_after_a_change_of_the_register_is_a_conflict(officer):
    import_id = store_import(officer, SHEET)
    service.save_address(officer, state_code="KEN", given=EMBASSY)

    with pytest.raises(ImportOutdatedError):
        import_addresses(officer, import_id)

    assert only(officer).email == "post@kenya.example"
    assert addresses(officer.session, officer.root, "FRA") == []


def test_file_with_one_error_is_neither_stored_nor_applied(officer):
    broken = SHEET + b"XXX,ministry,,,,\n"

    with pytest.raises(SheetHasErrorsError):
        store_import(officer, broken)

    sheet, rows = read_sheet(officer, broken)
    assert (len(sheet.errors), len(rows)) == (1, 2)
    assert addresses(officer.session, officer.root, "KEN") == []


def test_import_belongs_to_who_uploaded_it_and_for_a_day(context):
    officer, colleague = context(), context(number=2)
    import_id = store_import(officer, SHEET)

    with pytest.raises(NotFound):
        preview_import(colleague, import_id)
    with pytest.raises(NotFound):
        import_addresses(replace(officer, now=officer.now + timedelta(days=2)), import_id)
