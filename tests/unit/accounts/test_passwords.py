"""A new password: the old one is needed, others' sessions end, new keys open what the old did."""

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.signin.service import sign_in
from cooperation.accounts.signin.service.attempts import TooManyAttempts
from cooperation.accounts.signin.service.passwords import PasswordWrong, change_password
from cooperation.accounts.signin.service.sign_in import SignInRefused
from cooperation.audit.models import LogEntry
from cooperation.circles import service as circles
from cooperation.circles.rules import BundleKind
from cooperation.core.errors import Invalid
from cooperation.outbox.models import MailRow
from cooperation.vault.errors import CannotOpen
from cooperation.vault.passwords import new_passphrase
from tests.fixtures.people import CODE_STEP

NEW = "granite lantern orbit walnut meadow"


@pytest.fixture
def writer(world):
    return world.person(Role.CONTRIBUTOR, "AF01")


def change(world, cookie, old, new=NEW):
    world.commit()
    return change_password(world.door(), cookie=cookie, old=old, new=new)


def opened_with(world, person, password):
    found = circles.open_member(
        world.session, world.root, person_id=person.person_id, password=password
    )
    world.roll_back()
    return found


def test_new_password_signs_in_and_the_old_one_does_not(world, writer):
    old = writer.password

    change(world, world.sign_in(writer), old)

    writer.password = NEW
    assert world.sign_in(writer)
    writer.password = old
    with pytest.raises(SignInRefused):
        world.sign_in(writer)


def test_present_session_goes_on_and_all_others_end(world, writer):
    other, cookie = world.sign_in(writer), world.sign_in(writer)

    changed = change(world, cookie, writer.password)

    assert accounts.reader_for_session(world.door(), cookie=changed)
    for ended in (other, cookie):
        with pytest.raises(accounts.SignInOver):
            accounts.reader_for_session(world.door(), cookie=ended)


def test_new_keys_open_what_the_old_ones_opened(world, writer):
    bundle = circles.create_bundle(
        world.context_of(writer),
        kind=BundleKind.DRAFT,
        edition="2026",
        state="AF01",
    )
    place = {"kind": "answer", "code": "A-01", "version": 1, "field": "answer"}
    sealed = bundle.seal(content=b"words", **place)
    bundle_id = bundle.id

    change(world, world.sign_in(writer), writer.password)
    writer.opened = opened_with(world, writer, NEW)

    found = circles.open_bundle(world.context_of(writer), bundle_id)
    assert found.open(sealed, **place) == b"words"


def test_wrong_present_password_changes_nothing_and_is_counted(world, writer):
    cookie = world.sign_in(writer)

    for _try in range(10):
        with pytest.raises(PasswordWrong):
            change(world, cookie, "this is not the one")
    with pytest.raises(TooManyAttempts):
        change(world, cookie, writer.password)

    assert opened_with(world, writer, writer.password)


@pytest.mark.parametrize(
    "weak",
    ["too short", "aaaaaaaaaaaaaaaaaaaa", "contributor 1 AF01 is my name", "passwordpassword1"],
)
def test_weak_own_choice_changes_nothing(world, writer, weak):
    cookie = world.sign_in(writer)

    with pytest.raises(Invalid) as refusal:
        change(world, cookie, writer.password, weak)

    assert refusal.value.errors[0][0] == "password"
    assert opened_with(world, writer, writer.password)


def test_a_choice_that_costs_work_to_judge_is_counted_before_it_is_judged(world, writer):
    cookie = world.sign_in(writer)

    for _try in range(10):
        with pytest.raises(Invalid):
            change(world, cookie, writer.password, "passwordpassword1")
    with pytest.raises(TooManyAttempts):
        change(world, cookie, writer.password, "passwordpassword1")


def test_a_choice_that_is_too_short_costs_no_try(world, writer):
    cookie = world.sign_in(writer)

    for _try in range(11):
        with pytest.raises(Invalid):
            change(world, cookie, writer.password, "too short")
    assert change(world, cookie, writer.password)


def test_six_words_of_the_platform_sign_in_however_they_are_typed(world, writer):
    passphrase = new_passphrase()
    change(world, world.sign_in(writer), writer.password, passphrase)

    for typed in (passphrase, passphrase.capitalize(), passphrase.replace(" ", "  ") + "\u200f "):
        writer.password = typed
        assert world.sign_in(writer)


def test_same_password_again_is_refused(world, writer):
    cookie = world.sign_in(writer)

    with pytest.raises(Invalid):
        change(world, cookie, writer.password, writer.password)


def test_old_blob_opens_nothing_any_more(world, writer):
    change(world, world.sign_in(writer), writer.password)

    with pytest.raises(CannotOpen):
        opened_with(world, writer, writer.password)


def test_ended_session_changes_no_password(world, writer):
    with pytest.raises(accounts.SignInOver):
        change(world, "AAAA", writer.password)


def test_person_is_told_by_mail_and_the_log_says_so(world, writer):
    change(world, world.sign_in(writer), writer.password)

    kinds = list(world.session.scalars(sa.select(MailRow.subject_id)))
    actions = list(world.session.scalars(sa.select(LogEntry.action)))
    assert writer.person_id in kinds
    assert {"keys.renewed", "password.changed"} <= set(actions)


def test_administrator_without_a_circle_changes_her_password_too(world):
    administrator = world.person(Role.ADMINISTRATOR)

    change(world, world.sign_in(administrator), administrator.password)

    administrator.password = NEW
    assert world.sign_in(administrator)


def test_sign_in_under_way_does_not_bring_the_old_password_back(world, writer, monkeypatch):
    cookie, old = world.sign_in(writer), writer.password
    world.clock.move(2 * CODE_STEP)
    open_by_password = sign_in._open_by_password

    def opened_before_the_change(door, email, password):
        opened = open_by_password(door, email, password)
        change(world, cookie, old)
        return opened

    monkeypatch.setattr(sign_in, "_open_by_password", opened_before_the_change)
    with pytest.raises(SignInRefused):
        accounts.begin_sign_in(world.door(), email=writer.email, password=old)

    assert opened_with(world, writer, NEW)
