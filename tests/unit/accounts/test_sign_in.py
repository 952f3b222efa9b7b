"""Sign-in: equal cost, attempts that nothing loses, codes that work once, sessions that end."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.joining.service.closing import disable_person
from cooperation.accounts.models import AttemptRow, PendingSignInRow, PersonRow, SessionRow
from cooperation.accounts.rules import AttemptKind, Scope
from cooperation.accounts.signin.service.attempts import TooManyAttempts, begin_attempt
from cooperation.accounts.signin.service.door import csrf_key
from cooperation.accounts.signin.service.sessions import end_session, sessions_of
from cooperation.accounts.signin.service.sign_in import CodeWrong, SignInRefused
from cooperation.accounts.signin.service.step_up import step_up
from cooperation.circles.models import Member
from cooperation.core.db import Database, make_engine
from cooperation.core.errors import NotFound, Unavailable
from cooperation.vault import gate, passwords
from cooperation.vault.reader import Reader

MINUTE = timedelta(minutes=1)
STEP = timedelta(seconds=30)


@pytest.fixture
def focal_point(world):
    person = world.person(Role.FOCAL_POINT, "AF01")
    world.clock.move(2 * STEP)
    return person


@pytest.fixture
def hashes(monkeypatch):
    """How many passwords were hashed."""
    counted = []
    stretch = passwords.hash_secret_raw

    def count(*arguments, **named):
        counted.append(named["memory_cost"])
        return stretch(*arguments, **named)

    monkeypatch.setattr(passwords, "hash_secret_raw", count)
    return counted


def pending_of(world, person, password=None, address="192.0.2.1"):
    return accounts.begin_sign_in(
        world.door(address=address), email=person.email, password=password or person.password
    )


def finish(world, person, pending, at=None, address="192.0.2.1"):
    code = accounts.code_at(person.totp_seed, at or world.now)
    return accounts.finish_sign_in(
        world.door(address=address), pending=pending, code=code, browser=""
    )


def count(world, table):
    with world.database.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(table))


def test_password_and_code_open_a_session_with_a_reader(world, focal_point):
    cookie = finish(world, focal_point, pending_of(world, focal_point))

    signed_in = accounts.reader_for_session(world.door(), cookie=cookie)

    assert signed_in.actor.roles == {Role.FOCAL_POINT}
    assert signed_in.actor.state_code == "AF01"
    assert signed_in.actor.stepped_up_at == world.now
    assert signed_in.person_name == focal_point.name
    assert isinstance(signed_in.reader, Reader)


def test_email_is_found_in_any_case_and_stands_nowhere_in_the_clear(world, focal_point):
    shouted = focal_point.email.upper()

    accounts.begin_sign_in(world.door(), email=shouted, password=focal_point.password)

    for file in world.folder.glob("cooperation.db*"):
        assert focal_point.email.encode() not in file.read_bytes()
        assert focal_point.name.encode() not in file.read_bytes()


@pytest.mark.parametrize("case", ["right", "wrong password", "unknown", "disabled", "locked"])
def test_every_refusal_costs_one_hash_and_says_the_same(world, focal_point, hashes, case):
    email, password = focal_point.email, focal_point.password
    if case == "wrong password":
        password = "quite another sentence"
    if case == "unknown":
        email = "nobody@example.org"
    if case == "disabled":
        with world.database.writing() as session:
            session.get(PersonRow, focal_point.person_id).email_lookup = None
            session.get(PersonRow, focal_point.person_id).status = "disabled"
    if case == "locked":
        for number in range(10):
            begin_attempt(
                world.database,
                world.root,
                kind=AttemptKind.SIGN_IN,
                subjects={Scope.ACCOUNT: email, Scope.ADDRESS: str(number)},
                now=world.now,
            )
    sentence = None

    try:
        accounts.begin_sign_in(world.door(), email=email, password=password)
    except SignInRefused as refusal:
        sentence = str(refusal.sentence)

    assert len(hashes) == 1
    assert len(set(hashes)) == 1
    assert (sentence is None) is (case == "right")
    assert sentence in {None, str(SignInRefused.sentence)}


def test_ten_wrong_passwords_lock_the_account_for_five_minutes(world, focal_point):
    for number in range(10):
        with pytest.raises(SignInRefused):
            pending_of(world, focal_point, "wrong and wrong again", address=f"10.0.0.{number}")

    with pytest.raises(SignInRefused):
        pending_of(world, focal_point, address="10.0.1.1")
    world.clock.move(5 * MINUTE)
    assert pending_of(world, focal_point, address="10.0.1.1")


def test_ten_wrong_names_lock_the_address_and_no_other(world, focal_point):
    for number in range(10):
        with pytest.raises(SignInRefused):
            accounts.begin_sign_in(
                world.door(), email=f"nobody{number}@example.org", password="anything"
            )

    with pytest.raises(TooManyAttempts):
        pending_of(world, focal_point)
    assert pending_of(world, focal_point, address="198.51.100.7")


def test_tries_of_a_locked_account_count_for_their_address(world, focal_point):
    for number in range(10):
        with pytest.raises(SignInRefused):
            pending_of(world, focal_point, "wrong and wrong again", address=f"10.0.0.{number}")
    for _ in range(10):
        with pytest.raises(SignInRefused):
            pending_of(world, focal_point, "wrong and wrong again")

    with pytest.raises(TooManyAttempts):
        pending_of(world, focal_point, "wrong and wrong again")


def test_right_passwords_count_nothing(world, focal_point):
    for _ in range(12):
        pending_of(world, focal_point)

    assert count(world, AttemptRow) == 0


def test_attempts_are_counted_over_workers(world, focal_point):
    other = Database(make_engine(world.settings.database_address))

    for database in (world.database, other) * 5:
        begin_attempt(
            database,
            world.root,
            kind=AttemptKind.SIGN_IN,
            subjects={Scope.ACCOUNT: focal_point.email},
            now=world.now,
        )

    with pytest.raises(SignInRefused):
        pending_of(world, focal_point)
    other.engine.dispose()


def test_attempt_outlives_a_request_that_fails(world, focal_point, monkeypatch):
    def fail(*arguments, **named):
        raise NotFound

    monkeypatch.setattr("cooperation.circles.service.open_member", fail)
    with pytest.raises(NotFound):
        pending_of(world, focal_point)

    assert count(world, AttemptRow) == 3


def test_nothing_is_tried_when_attempts_cannot_be_counted(world, focal_point, hashes):
    with world.database.writing() as session:
        session.execute(sa.text("DROP TABLE attempts"))

    with pytest.raises(sa.exc.OperationalError):
        pending_of(world, focal_point)

    assert hashes == []


def test_clock_set_back_locks_nobody_out(world, focal_point):
    world.clock.move(timedelta(hours=1))
    for number in range(10):
        with pytest.raises(SignInRefused):
            pending_of(world, focal_point, "wrong and wrong again", address=f"10.0.0.{number}")

    world.clock.move(-timedelta(hours=1))

    assert pending_of(world, focal_point)


def test_third_hash_waits_and_is_refused(world, focal_point, monkeypatch):
    monkeypatch.setattr(gate, "WAIT_SECONDS", 0.05)
    monkeypatch.setattr(gate.hashing_place.__wrapped__, "__kwdefaults__", {"wait_seconds": 0.05})
    folder = world.door().folder

    with gate.hashing_place(folder), gate.hashing_place(folder), pytest.raises(Unavailable):
        pending_of(world, focal_point)

    assert count(world, AttemptRow) == 0
    assert pending_of(world, focal_point)


def test_pending_sign_in_ends_after_five_minutes(world, focal_point):
    pending = pending_of(world, focal_point)
    world.clock.move(5 * MINUTE)

    with pytest.raises(accounts.SignInOver):
        finish(world, focal_point, pending)


def test_pending_cookie_is_no_session(world, focal_point):
    pending = pending_of(world, focal_point)

    with pytest.raises(accounts.SignInOver):
        accounts.reader_for_session(world.door(), cookie=pending)


def test_session_cookie_is_no_pending_sign_in(world, focal_point):
    cookie = world.sign_in(focal_point)
    world.clock.move(2 * STEP)

    with pytest.raises(accounts.SignInOver):
        finish(world, focal_point, cookie)


def test_code_works_once_and_older_ones_never_again(world, focal_point):
    finish(world, focal_point, pending_of(world, focal_point))
    second = pending_of(world, focal_point)

    for at in (world.now, world.now - STEP):
        with pytest.raises(CodeWrong):
            finish(world, focal_point, second, at=at)
    assert finish(world, focal_point, second, at=world.now + STEP)


def test_clock_going_back_makes_no_code_good_again(world, focal_point):
    used_at = world.now
    finish(world, focal_point, pending_of(world, focal_point))
    world.clock.move(-timedelta(hours=1))
    pending = pending_of(world, focal_point)

    with pytest.raises(CodeWrong):
        finish(world, focal_point, pending, at=world.now)
    world.clock.set(used_at + STEP)
    assert finish(world, focal_point, pending_of(world, focal_point))


def test_five_wrong_codes_lock_the_second_factor(world, focal_point):
    pending = pending_of(world, focal_point)
    for number in range(5):
        with pytest.raises(CodeWrong):
            accounts.finish_sign_in(
                world.door(address=f"10.0.0.{number}"), pending=pending, code="000000", browser=""
            )

    with pytest.raises(TooManyAttempts):
        finish(world, focal_point, pending)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", " 1 2 3 "])
def test_what_is_no_code_is_refused(world, focal_point, code):
    pending = pending_of(world, focal_point)

    with pytest.raises(CodeWrong):
        accounts.finish_sign_in(world.door(), pending=pending, code=code, browser="")


@pytest.mark.parametrize("cookie", ["", "x", "A" * 43, "é" * 43, "A" * 4000])
def test_what_is_no_cookie_opens_nothing(world, cookie):
    with pytest.raises(accounts.SignInOver):
        accounts.reader_for_session(world.door(), cookie=cookie)


def test_session_opens_nothing_without_the_boot_key(world, focal_point):
    cookie = world.sign_in(focal_point)
    door = world.door()

    with world.database.reading() as session:
        elsewhere = accounts.open_session(session, door.root, bytes(32), cookie, door.now)
        here = accounts.open_session(session, door.root, door.boot_key, cookie, door.now)

    assert elsewhere is None
    assert here is not None


def test_row_of_one_session_does_not_open_with_another_cookie(world, focal_point):
    mine = world.sign_in(focal_point)
    officers = world.sign_in(world.person(Role.OFFICER))
    with world.database.writing() as session:
        rows = {row.person_id: row for row in session.scalars(sa.select(SessionRow))}
        officer_row = rows[world.person(Role.OFFICER).person_id]
        rows[focal_point.person_id].sealed = officer_row.sealed

    with pytest.raises(accounts.SignInOver):
        accounts.reader_for_session(world.door(), cookie=mine)
    assert accounts.reader_for_session(world.door(), cookie=officers)


@pytest.mark.parametrize(
    ("role", "state", "minutes"), [(Role.FOCAL_POINT, "AF01", 30), (Role.OFFICER, None, 15)]
)
def test_idle_session_ends(world, role, state, minutes):
    cookie = world.sign_in(world.person(role, state))
    world.clock.move(minutes * MINUTE)
    still_there = accounts.reader_for_session(world.door(), cookie=cookie)
    world.clock.move(2 * MINUTE)

    with pytest.raises(accounts.SignInOver):
        accounts.reader_for_session(world.door(), cookie=cookie)
    assert still_there


@pytest.mark.parametrize(
    ("role", "state", "hours"), [(Role.FOCAL_POINT, "AF01", 12), (Role.COURT_READER, None, 8)]
)
def test_busy_session_ends_at_its_end(world, role, state, hours):
    cookie = world.sign_in(world.person(role, state))
    for _ in range(hours * 6 - 1):
        world.clock.move(10 * MINUTE)
        signed_in = accounts.reader_for_session(world.door(), cookie=cookie)
        accounts.touch_session(world.database, signed_in.session_id, world.now)

    world.clock.move(10 * MINUTE)

    with pytest.raises(accounts.SignInOver):
        accounts.reader_for_session(world.door(), cookie=cookie)


def test_session_is_touched_at_most_once_a_minute(world, focal_point):
    cookie = world.sign_in(focal_point)
    at_once = accounts.reader_for_session(world.door(), cookie=cookie)
    world.clock.move(MINUTE)
    later = accounts.reader_for_session(world.door(), cookie=cookie)
    accounts.touch_session(world.database, later.session_id, world.now)
    touched = accounts.reader_for_session(world.door(), cookie=cookie)

    assert [at_once.is_touch_due, later.is_touch_due, touched.is_touch_due] == [False, True, False]


def test_step_up_renews_the_cookie_and_the_time(world, focal_point):
    old = world.sign_in(focal_point)
    world.clock.move(10 * MINUTE)
    code = accounts.code_at(focal_point.totp_seed, world.now)

    new = step_up(world.door(), cookie=old, code=code)

    signed_in = accounts.reader_for_session(world.door(), cookie=new)
    assert signed_in.actor.stepped_up_at == world.now
    with pytest.raises(accounts.SignInOver):
        accounts.reader_for_session(world.door(), cookie=old)
    assert csrf_key(old) != csrf_key(new)


def test_step_up_refuses_a_used_code(world, focal_point):
    cookie = world.sign_in(focal_point)
    used = accounts.code_at(focal_point.totp_seed, world.now)

    with pytest.raises(CodeWrong):
        step_up(world.door(), cookie=cookie, code=used)


def test_sessions_are_listed_and_ended_one_by_one(world, focal_point):
    world.sign_everybody_out()
    first, second = world.sign_in(focal_point), world.sign_in(focal_point)
    here = accounts.reader_for_session(world.door(), cookie=second)
    ctx = world.context_of(focal_point)
    listed = sessions_of(ctx, here.session_id)
    other = next(each for each in listed if not each.is_this)

    end_session(ctx, other.handle)
    world.commit()

    assert len(listed) == 2
    with pytest.raises(accounts.SignInOver):
        accounts.reader_for_session(world.door(), cookie=first)
    assert accounts.reader_for_session(world.door(), cookie=second)


def test_nobody_ends_the_session_of_another(world, focal_point):
    cookie = world.sign_in(world.person(Role.OFFICER))
    handle = accounts.reader_for_session(world.door(), cookie=cookie).session_id

    with pytest.raises(NotFound):
        end_session(world.context_of(focal_point), handle)


def test_signing_out_everywhere_ends_all(world, focal_point):
    world.sign_everybody_out()
    cookies = [world.sign_in(focal_point) for _ in range(3)]

    accounts.end_all_sessions(world.context_of(focal_point))
    world.commit()

    for cookie in cookies:
        with pytest.raises(accounts.SignInOver):
            accounts.reader_for_session(world.door(), cookie=cookie)
    assert count(world, SessionRow) == 0
    assert count(world, PendingSignInRow) == 0


def test_signing_in_renews_the_anchor_in_the_blob(world, focal_point):
    before = focal_point.opened.keys.anchor.log_size
    with world.database.reading() as session:
        old_blob = session.get(Member, focal_point.person_id).sealed_keys

    cookie = world.sign_in(focal_point)

    with world.database.reading() as session:
        assert session.get(Member, focal_point.person_id).sealed_keys != old_blob
    reader = accounts.reader_for_session(world.door(), cookie=cookie).reader
    assert reader.anchor.log_size > before


def test_the_whole_way_works_on_postgresql(postgresql_world):
    world = postgresql_world
    officer = world.person(Role.OFFICER)
    first_of_state = world.person(Role.FOCAL_POINT, "AF01")
    cookie = world.sign_in(officer)
    world.clock.move(2 * STEP)
    code = accounts.code_at(officer.totp_seed, world.now)
    cookie = step_up(world.door(), cookie=cookie, code=code)
    handle = accounts.reader_for_session(world.door(), cookie=cookie).session_id
    end_session(world.context_of(officer), handle)
    disable_person(world.context_of(world.person(Role.HEAD)), officer.person_id)
    world.commit()

    with pytest.raises(accounts.SignInOver):
        accounts.reader_for_session(world.door(), cookie=cookie)
    with pytest.raises(SignInRefused):
        pending_of(world, officer)
    assert world.sign_in(first_of_state)
