"""Passkeys of people: registered, asked for, refused, removed; recovery codes; what a code may."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
import sqlalchemy as sa

from cooperation.access.guard import require_step_up
from cooperation.access.policy import Permission
from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.models import PasskeyRow, RecoveryCodeRow, SessionRow
from cooperation.accounts.rules import Act, Factor, Purpose
from cooperation.accounts.signin.service import challenges
from cooperation.accounts.signin.service.attempts import TooManyAttempts
from cooperation.accounts.signin.service.passkeys import factors_of
from cooperation.accounts.signin.service.registration import (
    NoRecoveryCodes,
    add_passkey,
    begin_registration,
    remove_passkey,
)
from cooperation.accounts.signin.service.second_factor import (
    CodeNotEnough,
    PasskeyNotAccepted,
    RecoveryCodeWrong,
    finish_with_passkey,
    finish_with_recovery_code,
    ways_of_sign_in,
)
from cooperation.accounts.signin.service.step_up import (
    step_up,
    step_up_with_passkey,
    ways_of_step_up,
)
from cooperation.audit.models import LogEntry
from cooperation.core.errors import NotFound, PasskeyNeeded, StepUpNeeded
from cooperation.outbox.models import MailRow
from cooperation.vault.recovery_codes import CODES_IN_SET
from tests.fixtures.authenticator import SoftAuthenticator
from tests.fixtures.passkeys import AN_ACT, BROWSER, Desk
from tests.fixtures.people import Colleague, World

ANOTHER_ACT = Act(Permission.PUBLISH_ANSWER, "/publication/1/publish")


@pytest.fixture
def desk(strict_world: World) -> Callable[..., Desk]:
    """Return somebody of this role, signed in with a code of her authenticator."""

    def make(role: Role) -> Desk:
        state = "AF01" if role in {Role.FOCAL_POINT, Role.CONTRIBUTOR, Role.SIGNATORY} else None
        return Desk(strict_world, strict_world.person(role, state)).with_code()

    return make


@pytest.fixture
def signatory(desk: Callable[..., Desk]) -> Desk:
    return desk(Role.SIGNATORY)


@pytest.fixture
def key(signatory: Desk) -> SoftAuthenticator:
    """The signatory's registered passkey."""
    return signatory.register()


def logged(world: World) -> list[str]:
    with world.database.reading() as session:
        return list(session.scalars(sa.select(LogEntry.action).order_by(LogEntry.seq)))


def notices(world: World) -> int:
    wanted = sa.select(sa.func.count()).where(MailRow.purpose == "notice.factor")
    with world.database.reading() as session:
        return session.scalar(wanted) or 0


def code_of(desk: Desk) -> str:
    desk.wait(60)
    return accounts.code_at(desk.person.totp_seed, desk.world.now)


# ------------------------------------------------------------------ what a code may


def test_code_is_no_step_up_where_passkeys_are_asked_for(desk: Callable[..., Desk]) -> None:
    contributor = desk(Role.CONTRIBUTOR)

    with pytest.raises(PasskeyNeeded):
        require_step_up(
            contributor.signed_in.actor, Permission.EXPORT_PUBLISHED, contributor.world.now
        )


def test_code_is_a_step_up_in_a_demonstration(world: World) -> None:
    contributor = Desk(world, world.person(Role.CONTRIBUTOR, "AF01")).with_code()

    require_step_up(contributor.signed_in.actor, Permission.EXPORT_PUBLISHED, world.now)


def test_officer_steps_up_with_two_passkeys_and_not_with_one(desk: Callable[..., Desk]) -> None:
    officer = desk(Role.OFFICER)
    officer.register()

    with pytest.raises(PasskeyNeeded):
        require_step_up(officer.signed_in.actor, Permission.REVIEW_ANSWER, officer.world.now)
    officer.register()

    require_step_up(officer.signed_in.actor, Permission.REVIEW_ANSWER, officer.world.now)


def test_authenticator_signs_nobody_in_who_has_her_passkeys(
    signatory: Desk, key: SoftAuthenticator
) -> None:
    del key
    pending = signatory.pending()

    with pytest.raises(CodeNotEnough):
        accounts.finish_sign_in(
            signatory.world.door(), pending=pending, code=code_of(signatory), browser=BROWSER
        )
    assert not ways_of_sign_in(signatory.world.door(), pending=pending).takes_code


def test_contributor_with_a_passkey_keeps_her_authenticator(desk: Callable[..., Desk]) -> None:
    contributor = desk(Role.CONTRIBUTOR)
    contributor.register()

    contributor.wait(60)
    signed_in = contributor.with_code().signed_in

    assert signed_in.factor is Factor.CODE
    assert signed_in.actor.is_passkey_missing


def test_authenticator_steps_nobody_up_who_has_her_passkeys(
    signatory: Desk, key: SoftAuthenticator
) -> None:
    del key
    with pytest.raises(CodeNotEnough):
        step_up(signatory.world.door(), cookie=signatory.cookie, code=code_of(signatory))


# ------------------------------------------------------------------ registering


def test_registered_passkey_is_vouched_for_logged_and_told(signatory: Desk) -> None:
    before = notices(signatory.world)
    key = signatory.register(label="Office laptop")

    assert len(signatory.signed_in.reader.passkeys) == 1
    assert logged(signatory.world)[-1] == "passkey.added"
    assert notices(signatory.world) == before + 1
    assert key.credential_id


def test_other_sessions_end_when_a_passkey_is_added(signatory: Desk) -> None:
    signatory.wait(60)
    elsewhere = Desk(signatory.world, signatory.person).with_code()

    signatory.register()

    with pytest.raises(accounts.SignInOver):
        assert elsewhere.signed_in
    assert signatory.signed_in


def test_registration_is_refused_when_the_factor_is_not_fresh(signatory: Desk) -> None:
    signatory.wait(301)

    with pytest.raises(StepUpNeeded):
        signatory.register()


def test_code_registers_no_second_passkey(desk: Callable[..., Desk]) -> None:
    officer = desk(Role.OFFICER)
    officer.register()
    officer.wait(60)
    officer.with_code()

    with pytest.raises(StepUpNeeded):
        officer.register()


def test_registration_answers_one_question_once(signatory: Desk) -> None:
    world, key = signatory.world, SoftAuthenticator()
    options = begin_registration(world.door(), signatory.signed_in)
    credential = key.create(options)
    cookie = add_passkey(world.door(), cookie=signatory.cookie, label="One", credential=credential)

    with pytest.raises(PasskeyNotAccepted):
        add_passkey(world.door(), cookie=cookie, label="Two", credential=credential)


def test_registration_that_was_not_verified_is_refused(signatory: Desk) -> None:
    with pytest.raises(PasskeyNotAccepted):
        signatory.register(SoftAuthenticator(is_verifying=False))
    assert logged(signatory.world)[-1] == "passkey.refused"


def test_passkey_of_another_person_is_refused(
    signatory: Desk, key: SoftAuthenticator, desk: Callable[..., Desk]
) -> None:
    del signatory
    contributor = desk(Role.CONTRIBUTOR)

    with pytest.raises(PasskeyNotAccepted):
        contributor.register(SoftAuthenticator(credential_id=key.credential_id))


# ------------------------------------------------------------------ signing in


def test_passkey_signs_in_and_steps_up(signatory: Desk, key: SoftAuthenticator) -> None:
    signed_in = signatory.with_passkey(key).signed_in

    assert signed_in.factor is Factor.PASSKEY
    require_step_up(signed_in.actor, Permission.SUBMIT_RESPONSE, signatory.world.now)


def test_answer_signs_in_once(signatory: Desk, key: SoftAuthenticator) -> None:
    door = signatory.world.door()
    pending = signatory.pending()
    options = ways_of_sign_in(door, pending=pending).passkey_options
    credential = key.get(str(options))
    finish_with_passkey(door, pending=pending, credential=credential, browser="")
    later = signatory.pending()

    for value in (pending, later):
        with pytest.raises((accounts.SignInOver, PasskeyNotAccepted)):
            finish_with_passkey(door, pending=value, credential=credential, browser="")


def test_late_answer_is_refused(signatory: Desk, key: SoftAuthenticator) -> None:
    pending = signatory.pending()
    options = ways_of_sign_in(signatory.world.door(), pending=pending).passkey_options
    signatory.wait(301)

    with pytest.raises(accounts.SignInOver):
        finish_with_passkey(
            signatory.world.door(), pending=pending, credential=key.get(str(options)), browser=""
        )


@pytest.mark.parametrize(
    "lie", [{"origin": "https://evil.example"}, {"host": "evil.example"}, {"is_verifying": False}]
)
def test_lying_browser_is_refused(
    signatory: Desk, key: SoftAuthenticator, lie: dict[str, object]
) -> None:
    for name, value in lie.items():
        setattr(key, name, value)

    with pytest.raises(PasskeyNotAccepted):
        signatory.with_passkey(key)
    assert logged(signatory.world)[-1] == "passkey.refused"


def test_refused_answers_are_counted(signatory: Desk, key: SoftAuthenticator) -> None:
    key.is_verifying = False
    for _time in range(5):
        with pytest.raises(PasskeyNotAccepted):
            signatory.with_passkey(key)

    with pytest.raises(TooManyAttempts):
        signatory.with_passkey(key)


def test_copied_passkey_is_refused_logged_and_told(signatory: Desk, key: SoftAuthenticator) -> None:
    signatory.with_passkey(key)
    before = notices(signatory.world)
    key.sign_count, key.steps = 0, 1

    with pytest.raises(PasskeyNotAccepted):
        signatory.with_passkey(key)
    assert logged(signatory.world)[-1] == "passkey.refused"
    assert notices(signatory.world) == before + 1


def test_passkey_that_never_counts_is_accepted(signatory: Desk) -> None:
    key = signatory.register(SoftAuthenticator(steps=0))

    signatory.with_passkey(key)

    assert signatory.with_passkey(key).signed_in


def test_row_that_the_blob_does_not_vouch_for_is_no_passkey(
    signatory: Desk, key: SoftAuthenticator, desk: Callable[..., Desk]
) -> None:
    world = signatory.world
    thief = SoftAuthenticator()
    desk(Role.CONTRIBUTOR).register(thief)
    with world.database.writing() as session:
        session.execute(
            sa.update(PasskeyRow)
            .where(PasskeyRow.credential_id == thief.credential_id)
            .values(person_id=signatory.person.person_id)
        )

    with pytest.raises(PasskeyNotAccepted):
        signatory.with_passkey(thief)
    signatory.with_passkey(key)
    factors = factors_of(_context(signatory))
    assert len(factors.passkeys) == 1


def test_swapped_public_key_is_no_passkey(signatory: Desk, key: SoftAuthenticator) -> None:
    thief = SoftAuthenticator(credential_id=key.credential_id)
    thief.create('{"challenge": "AAAA"}')
    with signatory.world.database.writing() as session:
        session.execute(sa.update(PasskeyRow).values(public_key=thief.public_key))

    ways = ways_of_sign_in(signatory.world.door(), pending=signatory.pending())

    assert ways.passkey_options is None
    assert not ways.takes_code


def _context(desk: Desk):  # type: ignore[no-untyped-def]
    return desk.world.context_of(
        Colleague(**{**vars(desk.person), "opened": desk.world._opened(desk.person.person_id)})
    )


# ------------------------------------------------------------------ stepping up


def test_step_up_is_bound_to_its_act(signatory: Desk, key: SoftAuthenticator) -> None:
    door = signatory.world.door()
    options = ways_of_step_up(door, signatory.signed_in, AN_ACT).passkey_options
    credential = key.get(str(options))

    with pytest.raises(PasskeyNotAccepted):
        step_up_with_passkey(door, cookie=signatory.cookie, credential=credential, act=ANOTHER_ACT)


def test_step_up_is_bound_to_its_session(signatory: Desk, key: SoftAuthenticator) -> None:
    door = signatory.world.door()
    other = Desk(signatory.world, signatory.person).with_passkey(key)
    options = ways_of_step_up(door, signatory.signed_in, AN_ACT).passkey_options
    ways_of_step_up(door, other.signed_in, AN_ACT)

    with pytest.raises(PasskeyNotAccepted):
        step_up_with_passkey(
            door, cookie=other.cookie, credential=key.get(str(options)), act=AN_ACT
        )


def test_step_up_renews_the_cookie_and_holds_five_minutes(
    signatory: Desk, key: SoftAuthenticator
) -> None:
    old = signatory.cookie
    signatory.wait(600)

    signatory.step_up(key)

    require_step_up(signatory.signed_in.actor, AN_ACT.permission, signatory.world.now)
    with pytest.raises(accounts.SignInOver):
        accounts.reader_for_session(signatory.world.door(), cookie=old)


def test_session_of_a_code_becomes_strong_by_a_passkey(desk: Callable[..., Desk]) -> None:
    contributor = desk(Role.CONTRIBUTOR)
    key = contributor.register()
    contributor.wait(60)
    contributor.with_code()

    contributor.step_up(key)

    assert not contributor.signed_in.actor.is_passkey_missing


# ------------------------------------------------------------------ removing


def test_removed_passkey_opens_nothing(signatory: Desk, key: SoftAuthenticator) -> None:
    second = signatory.register()
    (first_id,) = _ids(signatory, key)

    signatory.cookie = remove_passkey(
        signatory.world.door(), signatory.signed_in, cookie=signatory.cookie, passkey_id=first_id
    )

    with pytest.raises(PasskeyNotAccepted):
        signatory.with_passkey(key)
    assert signatory.with_passkey(second).signed_in
    assert "passkey.removed" in logged(signatory.world)


def test_passkey_is_removed_with_a_fresh_factor_only(
    signatory: Desk, key: SoftAuthenticator
) -> None:
    signatory.wait(301)

    with pytest.raises(StepUpNeeded):
        remove_passkey(
            signatory.world.door(),
            signatory.signed_in,
            cookie=signatory.cookie,
            passkey_id=_ids(signatory, key)[0],
        )


def test_passkey_of_another_person_is_not_there(
    signatory: Desk, key: SoftAuthenticator, desk: Callable[..., Desk]
) -> None:
    contributor = desk(Role.CONTRIBUTOR)
    contributor.register()

    with pytest.raises(NotFound):
        remove_passkey(
            contributor.world.door(),
            contributor.signed_in,
            cookie=contributor.cookie,
            passkey_id=_ids(signatory, key)[0],
        )


def _ids(desk: Desk, key: SoftAuthenticator) -> list[str]:
    with desk.world.database.reading() as session:
        wanted = PasskeyRow.credential_id == key.credential_id
        return list(session.scalars(sa.select(PasskeyRow.id).where(wanted)))


# ------------------------------------------------------------------ recovery codes


def use_code(desk: Desk, code: str) -> str:
    return finish_with_recovery_code(
        desk.world.door(), pending=desk.pending(), code=code, browser=BROWSER
    )


def test_recovery_code_leads_to_a_new_passkey(signatory: Desk, key: SoftAuthenticator) -> None:
    del key
    codes = signatory.codes()
    signatory.cookie = use_code(signatory, codes[0].upper().replace("-", " "))

    assert signatory.signed_in.must_register
    with pytest.raises(PasskeyNeeded):
        require_step_up(signatory.signed_in.actor, Permission.SUBMIT_RESPONSE, signatory.world.now)
    fresh = signatory.register()

    assert not signatory.signed_in.actor.is_passkey_missing
    assert signatory.with_passkey(fresh).signed_in
    assert {"recovery_codes.made", "recovery_code.used"} <= set(logged(signatory.world))


def test_recovery_code_works_once(signatory: Desk, key: SoftAuthenticator) -> None:
    del key
    codes = signatory.codes()
    use_code(signatory, codes[3])

    with pytest.raises(RecoveryCodeWrong):
        use_code(signatory, codes[3])
    assert use_code(signatory, codes[4])


def test_new_recovery_codes_void_the_old(signatory: Desk, key: SoftAuthenticator) -> None:
    del key
    old = signatory.codes()
    signatory.codes()

    assert len(old) == CODES_IN_SET
    with pytest.raises(RecoveryCodeWrong):
        use_code(signatory, old[0])


def test_recovery_code_of_another_person_opens_nothing(
    signatory: Desk, key: SoftAuthenticator, desk: Callable[..., Desk]
) -> None:
    del key
    focal_point = desk(Role.FOCAL_POINT)
    focal_point.register()
    codes = focal_point.codes()
    signatory.codes()
    with signatory.world.database.writing() as session:
        session.execute(sa.update(RecoveryCodeRow).values(person_id=signatory.person.person_id))

    with pytest.raises(RecoveryCodeWrong):
        use_code(signatory, codes[0])


def test_who_has_two_passkeys_has_no_recovery_codes(desk: Callable[..., Desk]) -> None:
    officer = desk(Role.OFFICER)
    officer.register()
    officer.register()

    with pytest.raises(NoRecoveryCodes):
        officer.codes()


def test_session_of_a_recovery_code_ends_after_half_an_hour(
    signatory: Desk, key: SoftAuthenticator
) -> None:
    del key
    codes = signatory.codes()
    signatory.cookie = use_code(signatory, codes[0])
    with signatory.world.database.reading() as session:
        lives = [row.ends_at - row.started_at for row in session.scalars(sa.select(SessionRow))]

    assert min(lives) == timedelta(minutes=30)


def test_passkeys_work_on_postgresql(postgresql_world: World) -> None:
    head = Desk(postgresql_world, postgresql_world.person(Role.HEAD)).with_code()
    key = head.register()
    head.step_up(key, Act(Permission.CHANGE_FACTORS, "/account/passkeys/new"))

    assert head.with_passkey(key).signed_in.factor is Factor.PASSKEY


def test_two_pages_that_ask_at_once_wait_for_each_other_on_postgresql(
    postgresql_world: World,
) -> None:
    world = postgresql_world
    world.commit()
    place = (world.door(), "session", Purpose.SIGN_IN)

    def ask_again() -> bytes:
        with world.database.writing() as session:
            return challenges.ask(session, *place)

    with ThreadPoolExecutor() as pool:
        with world.database.writing() as session:
            first = challenges.ask(session, *place)
            asked = pool.submit(ask_again)
            wait([asked], timeout=0.5)
        second = asked.result()

    assert first != second == challenges.take(*place)
