"""What follows a founding, played as the role that row-level security binds, act by act.

People leave, come back, change passwords and roles; keys, editions and publications go through two
hands. Each act is asked for its effect: what the others open, what the leaver does not.
"""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from cooperation.access.policy import Permission
from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.joining.service.activation import InvitationClosed
from cooperation.accounts.joining.service.institutions import (
    confirm_refounding,
    propose_refounding,
    return_answers,
)
from cooperation.accounts.joining.service.key_acts import propose_key_act
from cooperation.accounts.joining.service.leaving import let_go, make_new_keys
from cooperation.accounts.joining.service.recovery_sheets import make_sheet, use_sheet
from cooperation.accounts.joining.service.role_changes import change_role
from cooperation.accounts.joining.service.successors import invite_anew, replace_person
from cooperation.accounts.models import AttemptRow, PersonRow, SessionRow
from cooperation.accounts.rules import Act, KeyAct, PersonStatus, circle_of_body
from cooperation.accounts.signin.service import passwords
from cooperation.accounts.signin.service.exports import ExportLimitReached
from cooperation.accounts.signin.service.history import own_history
from cooperation.accounts.signin.service.registration import (
    add_passkey,
    begin_registration,
    make_recovery_codes,
)
from cooperation.accounts.signin.service.second_factor import (
    RecoveryCodeWrong,
    finish_with_passkey,
    finish_with_recovery_code,
    ways_of_sign_in,
)
from cooperation.accounts.signin.service.sign_in import SignInRefused
from cooperation.accounts.signin.service.step_up import step_up_with_passkey, ways_of_step_up
from cooperation.analysis.service import releasing
from cooperation.analysis.service import releasing as releasing_service
from cooperation.analysis.service.releasing import released_table
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.circles.rules import ASSEMBLY, COURT, SECRETARIAT, state_circle
from cooperation.circles.service.members import members_of
from cooperation.core.db import Database
from cooperation.core.row_scope import AT_THE_DOOR, COMMANDING
from cooperation.demonstration import rounds
from cooperation.editions import service as editions
from cooperation.operation import rotation
from cooperation.outbox.models import MailRow
from cooperation.publication import service as publication
from cooperation.publication.models import PublishedAnswer
from cooperation.publication.own.service.read_by import find_readers
from cooperation.publication.reading.service.reading import read_question
from cooperation.responses import service as responses
from cooperation.responses.drafting.service.frame import EditionClosedError
from cooperation.responses.models import SubmissionApproval
from cooperation.responses.signing.service.approving import (
    prepare_signing,
    signing_question,
    submit_with_passkey,
)
from cooperation.two_persons.models import ActRow
from cooperation.two_persons.rules import ActStatus
from cooperation.web.keys import open_root
from tests.fixtures import second_persons
from tests.fixtures.authenticator import SoftAuthenticator
from tests.fixtures.company import Company
from tests.fixtures.key_acts import carriers_of
from tests.fixtures.rehearsal import OTHER, OWN

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("rehearsal")]

NEW = "granite lantern orbit walnut meadow"
BROWSER = "Firefox, Linux"
COUNTED = "A-05"


@pytest.fixture
def head(company):
    return company.person(Role.HEAD)


@pytest.fixture
def officer(company):
    return company.person(Role.OFFICER)


@pytest.fixture
def court(company):
    return company.person(Role.COURT_READER)


@pytest.fixture
def administrator(company):
    return company.person(Role.ADMINISTRATOR)


@pytest.fixture
def focal(company):
    return company.person(Role.FOCAL_POINT, OWN)


@pytest.fixture
def signatory(company):
    return company.person(Role.SIGNATORY, OWN)


@pytest.fixture
def writer(company):
    return company.person(Role.CONTRIBUTOR, OWN)


def mails(company: Company, purpose: str) -> int:
    return len(company.rows(sa.select(MailRow.id).where(MailRow.purpose == purpose)))


def status_of_person(company: Company, person_id: str) -> str:
    return company.rows(sa.select(PersonRow.status).where(PersonRow.id == person_id))[0]


# --- leaving -------------------------------------------------------------------------------------


def test_colleague_leaves_and_the_others_open_old_and_new(
    company, focal, signatory, writer, head, court
):
    leaver, version = company.id_of(writer), company.version(state_circle(OWN))
    before = company.draft(signatory)

    assert company.does(focal, lambda ctx: let_go(ctx, leaver)) is True

    assert company.version(state_circle(OWN)) == version + 1
    with pytest.raises(SignInRefused):
        company.stage.sign_in(writer)
    other = company.person(Role.SIGNATORY, OTHER)
    assert company.wrongs(focal, signatory, head, court, other) == []
    company.save(focal, COUNTED)
    after = company.draft(signatory)
    assert {code for code, answer in after.items() if answer != before[code]} == {COUNTED}


def test_administrator_disables_and_a_colleague_makes_the_keys(
    company, administrator, focal, signatory, writer
):
    leaver = company.id_of(writer)

    assert company.does(administrator, lambda ctx: let_go(ctx, leaver)) is False
    due = company.does(signatory, accounts.new_keys_due)
    company.does(focal, make_new_keys)

    assert (due.leavers, due.may_make) == ((writer.name,), False)
    assert company.does(signatory, accounts.new_keys_due) is None
    assert company.logged("person.removed", leaver) == 1
    assert company.wrongs(focal, signatory) == []


def test_successor_follows_in_one_act_and_opens_everything(company, focal, writer):
    leaver = company.id_of(writer)

    made = company.does(
        focal,
        lambda ctx: replace_person(
            ctx, leaver, name="Next", email="next@own.example.org", role=Role.CONTRIBUTOR
        ),
    )
    successor = company.activate(made, Role.CONTRIBUTOR, state=OWN)

    assert status_of_person(company, leaver) == PersonStatus.DISABLED
    assert company.wrongs(successor, focal) == []


def test_colleague_without_access_is_invited_anew(company, focal, writer):
    leaver = company.id_of(writer)

    made = company.does(focal, lambda ctx: invite_anew(ctx, leaver))
    back = company.activate(made, Role.CONTRIBUTOR, state=OWN)

    assert back.email == writer.email
    assert company.wrongs(back) == []


@pytest.mark.parametrize(
    ("role", "second"), [(Role.OFFICER, Role.HEAD), (Role.COURT_READER, Role.HEAD)]
)
def test_leaver_of_an_office_is_removed_and_the_others_read_on(
    company, head, officer, court, focal, role, second
):
    keeper = head if role is Role.OFFICER else court
    confirming = officer if keeper is head else company.person(second)
    newcomer = company.hire(keeper, role, second=confirming)
    leaver = company.id_of(newcomer)
    assert company.wrongs(newcomer) == []

    assert company.does(keeper, lambda ctx: let_go(ctx, leaver))

    circle = SECRETARIAT if role is Role.OFFICER else COURT
    with company.above.reading() as session:
        assert leaver not in members_of(session, circle)
    assert company.wrongs(head, officer, court, focal) == []


# --- one's own password, passkeys, codes ---------------------------------------------------------


def change_password(company: Company, player, new: str = NEW) -> None:
    company.stage.sign_in(player)
    passwords.change_password(
        company.stage.door(player.address), cookie=player.cookie, old=player.password, new=new
    )


@pytest.mark.parametrize(
    "role", [Role.SIGNATORY, Role.HEAD, Role.COURT_READER, Role.CO_FACILITATOR, Role.AUDITOR]
)
def test_new_password_opens_what_the_old_one_did(company, role):
    player = company.person(role, OWN if role is Role.SIGNATORY else None)

    change_password(company, player)

    with pytest.raises(SignInRefused):
        company.stage.sign_in(player)
    player.password, player.signed_in_at = NEW, None
    assert company.wrongs(player) == []
    assert company.logged("keys.renewed", company.id_of(player)) == 1


class Desk:
    """A person of the company with a passkey, where a code is no step-up."""

    def __init__(self, company: Company, player) -> None:
        self.company, self.player, self.key = company, player, SoftAuthenticator()
        stage = company.stage
        stage.settings = stage.settings.model_copy(update={"totp_step_up": False})

    @property
    def door(self):
        return self.company.stage.door(self.player.address)

    @property
    def signed_in(self):
        return accounts.reader_for_session(self.door, cookie=self.player.cookie)

    def keep(self, cookie: str) -> None:
        self.player.cookie, self.player.signed_in_at = cookie, self.company.stage.clock.now()

    def register(self) -> None:
        options = begin_registration(self.door, self.signed_in)
        self.keep(
            add_passkey(
                self.door,
                cookie=self.player.cookie,
                label="Key",
                credential=self.key.create(options),
            )
        )

    def pending(self) -> str:
        self.company.stage.clock.move(timedelta(minutes=1))
        return accounts.begin_sign_in(
            self.door, email=self.player.email, password=self.player.password
        )

    def sign_in(self) -> None:
        pending = self.pending()
        ways = ways_of_sign_in(self.door, pending=pending)
        answer = self.key.get(ways.passkey_options)
        self.keep(
            finish_with_passkey(self.door, pending=pending, credential=answer, browser=BROWSER)
        )

    def step_up(self, act: Act) -> None:
        ways = ways_of_step_up(self.door, self.signed_in, act)
        answer = self.key.get(ways.passkey_options)
        self.keep(
            step_up_with_passkey(self.door, cookie=self.player.cookie, credential=answer, act=act)
        )


@pytest.fixture
def desk(company, signatory):
    """The signatory of our own State, with a passkey registered just now."""
    company.stage.sign_in(signatory)
    made = Desk(company, signatory)
    made.register()
    return made


def test_passkey_signs_in_steps_up_and_signs_a_submission(company, desk, focal, head):
    desk.sign_in()
    desk.step_up(Act(Permission.EXPORT_PUBLISHED, "/published/2026/export"))
    company.save(focal, COUNTED)
    rounds.mark_ready(company.round, focal)
    where = {"edition_id": company.edition, "session_id": desk.signed_in.session_id}
    version = company.does(
        desk.player, lambda ctx: responses.signing_page(ctx, edition_id=company.edition).version
    )
    company.does(
        desk.player,
        lambda ctx: prepare_signing(
            ctx, version=version, is_declared=True, is_court_confirmed=True, **where
        ),
    )
    asked = company.does(desk.player, lambda ctx: signing_question(ctx, **where))

    submission = company.does(
        desk.player,
        lambda ctx: submit_with_passkey(ctx, credential=desk.key.get(asked.options), **where),
    )

    assert submission.root == asked.root
    kept = company.rows(sa.select(SubmissionApproval.submission_id))
    assert submission.id in kept
    assert company.wrongs(desk.player, focal, head) == []


def test_recovery_code_leads_to_a_new_passkey(company, desk):
    codes = make_recovery_codes(desk.door, desk.signed_in, cookie=desk.player.cookie)
    desk.keep(
        finish_with_recovery_code(desk.door, pending=desk.pending(), code=codes[0], browser=BROWSER)
    )
    assert desk.signed_in.must_register
    desk.key = SoftAuthenticator()
    desk.register()

    desk.sign_in()

    assert not desk.signed_in.must_register
    with pytest.raises(RecoveryCodeWrong):
        finish_with_recovery_code(desk.door, pending=desk.pending(), code=codes[0], browser=BROWSER)


def test_password_change_keeps_the_passkeys(company, desk):
    desk.sign_in()
    cookie = passwords.change_password(
        desk.door, cookie=desk.player.cookie, old=desk.player.password, new=NEW
    )
    desk.keep(cookie)
    desk.player.password = NEW

    desk.sign_in()

    assert desk.signed_in.reader.passkeys


# --- a State that lost everybody -----------------------------------------------------------------


def lose_everybody(company: Company, body: str = OTHER) -> None:
    company.does(
        company.person(Role.OFFICER),
        lambda ctx: propose_refounding(ctx, body, note="Note 12 of 3 March"),
    )
    company.does(company.person(Role.HEAD), lambda ctx: confirm_refounding(ctx, body))
    with company.above.reading() as session:
        assert not circles.circle_exists(session, circle_of_body(body))


def test_recovery_sheet_opens_again_what_a_lost_state_wrote(company):
    former = company.person(Role.FOCAL_POINT, OTHER)
    sheet, before = company.does(former, make_sheet), company.draft(former)
    lose_everybody(company)
    founder = company.found_again(OTHER)
    assert company.misopened(founder)

    opened = company.does(founder, lambda ctx: use_sheet(ctx, sheet.code))

    assert opened >= 1
    assert company.wrongs(founder, company.person(Role.HEAD)) == []
    company.save(founder, COUNTED)
    after = company.draft(founder)
    assert {code for code, answer in after.items() if answer != before[code]} == {COUNTED}


def test_secretariat_and_court_give_back_what_they_can_open(company, officer, court):
    former = company.person(Role.FOCAL_POINT, OTHER)
    lose_everybody(company)
    with pytest.raises(SignInRefused):
        company.stage.sign_in(former)
    founder = company.found_again(OTHER)
    assert {body for body, _name in company.does(officer, accounts.returnable)} == {OTHER}

    given = [
        company.does(giver, lambda ctx: return_answers(ctx, OTHER)) for giver in (officer, court)
    ]

    assert all(given)
    assert set(company.misopened(founder)) == {"draft"}
    assert company.does(officer, accounts.returnable) == []
    company.save(founder, COUNTED)
    assert company.draft(founder)[COUNTED].choice


def test_court_that_lost_everybody_gets_back_from_states_and_secretariat(company, officer, head):
    lose_everybody(company, "court")
    founder = company.hire(head, Role.COURT_READER, second=officer)
    states = (company.person(Role.FOCAL_POINT, code) for code in (OWN, OTHER))
    assert company.misopened(founder)

    given = [
        company.does(giver, lambda ctx: return_answers(ctx, "court"))
        for giver in (officer, *states)
    ]

    assert all(given)
    asked = read_question
    page = company.does(
        founder, lambda ctx: asked(ctx, company.edition, company.word("code", "court"))
    )
    shown = {participant.state_code for participant, answer in page.answers if answer.has_content}
    assert shown >= {OWN, OTHER}


# --- two persons ---------------------------------------------------------------------------------


def propose_auditor(company: Company, head):
    email = f"auditor.{company.logged('person.invited')}@new.example.org"
    return company.does(
        head,
        lambda ctx: accounts.invite_person(
            ctx, name="An Auditor", email=email, role=Role.AUDITOR, organ="", replaces=False
        ),
    )


def test_auditor_is_granted_by_two_persons(company, head, officer):
    made = propose_auditor(company, head)
    assert made.is_waiting

    company.approve(officer, made.id)
    auditor = company.activate(made, Role.AUDITOR)

    assert company.does(auditor, lambda ctx: ctx.actor.roles) == {Role.AUDITOR}
    assert company.wrongs(auditor) == []


@pytest.mark.parametrize("ending", [ActStatus.REFUSED, ActStatus.WITHDRAWN])
def test_auditor_who_is_not_granted_does_not_enter(company, head, officer, ending):
    made = propose_auditor(company, head)
    with company.acting(officer if ending is ActStatus.REFUSED else head) as ctx:
        act = company.waiting(ctx, made.id)
        if ending is ActStatus.REFUSED:
            second_persons.refuse(ctx, act.id, reason="No audit is due")
        else:
            second_persons.withdraw(ctx, act.id)

    with pytest.raises(InvitationClosed):
        company.activate(made, Role.AUDITOR)
    statuses = company.rows(sa.select(ActRow.status).where(ActRow.subject == made.id))
    assert statuses == [ending]


def test_role_is_changed_by_two_persons(company, head, officer):
    auditor = company.person(Role.AUDITOR)
    person_id = company.id_of(auditor)

    assert company.does(head, lambda ctx: change_role(ctx, person_id, role=Role.ADMINISTRATOR))
    company.approve(officer, person_id)

    auditor.signed_in_at = None
    assert company.does(auditor, lambda ctx: ctx.actor.roles) == {Role.ADMINISTRATOR}


def approve_key_act(company: Company, administrator, head, kind: KeyAct, detail: str = "") -> None:
    act_id = company.does(
        administrator,
        lambda ctx: propose_key_act(
            ctx,
            kind=kind,
            subject_hash=accounts.key_act_hash(ctx.root, kind, detail),
            note="Yearly",
        ),
    )
    with company.acting(head) as ctx:
        second_persons.approve(ctx, act_id)


def test_root_key_is_changed_and_the_old_one_destroyed(company, administrator, head, focal):
    stage = company.stage
    commands = stage.database.in_scope(COMMANDING)
    with company.acting(head) as ctx:
        waiting = company.word("act_id", "keys")
        second_persons.approve(ctx, waiting)

    done = rotation.rotate_root(stage.settings, commands, stage.clock, lambda line: None)
    company.use_root(open_root(stage.settings, commands))
    approve_key_act(company, administrator, head, KeyAct.KEY_DESTRUCTION, "1")
    rotation.retire_root(stage.settings, commands, stage.clock, 1)
    company.use_root(open_root(stage.settings, commands))

    assert done.version == 2
    assert not stage.root.has_version(1)
    with company.above.reading() as session:
        assert carriers_of(session, 1) == []
        assert circles.is_retired(session, 1)
    assert company.wrongs(head, focal) == []


def test_edition_is_closed_and_the_next_opened_by_two_persons(company, head, officer, focal, court):
    round_, before = company.round, company.version(ASSEMBLY)
    rounds.close_round(round_)
    with company.acting(focal) as ctx, pytest.raises(EditionClosedError):
        responses.mark_ready(ctx, edition_id=company.edition)
    with company.above.reading() as session:
        prepared = editions.edition(session, company.word("edition_id", "prepared"))
    company.wait_for(prepared.id)

    opened = company.does(
        head,
        lambda ctx: editions.open_edition(
            ctx, prepared.id, shown_hash=prepared.prepared_hash or b""
        ),
    )

    assert opened.is_open
    assert company.version(ASSEMBLY) == before + 1
    assert company.wrongs(head, officer, focal, court) == []


def test_answer_is_taken_back_by_two_persons(company, head, focal):
    retraction_id = company.word("act_id", "open")
    reader = company.person(Role.FOCAL_POINT, OTHER)
    before = mails(company, "notice")

    def read(ctx):
        page = read_question(ctx, company.edition, "A-06")
        return {participant.state_code: answer.has_content for participant, answer in page.answers}[
            OWN
        ]

    assert company.does(reader, read)
    with company.acting(head) as ctx:
        second_persons.approve(ctx, retraction_id)

    assert not company.does(reader, read)
    own = company.does(focal, lambda ctx: publication.own_answers(ctx, company.edition))
    answer = next(each for each in own.answers if each.question.code == "A-06")
    assert answer.taken_back.reason == "Published by mistake"
    assert mails(company, "notice") > before
    place = (company.edition, OWN, "A-06")
    with company.above.reading() as session:
        assert session.get_one(PublishedAnswer, place).sealed is None


def test_table_of_the_court_is_released_by_two_readers(company, head, court, monkeypatch):
    monkeypatch.setattr(releasing, "SMALLEST", 0)
    second = company.hire(court, Role.COURT_READER, second=head)
    table_id = propose_table(company, court)
    readers = [
        company.person(Role.FOCAL_POINT, OWN),
        company.person(Role.OFFICER),
        company.person(Role.CO_FACILITATOR),
    ]
    for reader in readers:
        assert company.does(reader, released) is None

    with company.acting(second) as ctx:
        second_persons.approve(ctx, table_id)

    for reader in (*readers, court):
        assert company.does(reader, released).rows[-1].base == 1


def released(ctx):
    edition = editions.current(ctx.session)
    return released_table(ctx, edition.id, COUNTED)


def propose_table(company: Company, court) -> str:
    """Let the other State give an answer to the Court alone, and a reader propose its table."""
    writer = company.person(Role.FOCAL_POINT, OTHER)
    company.save(writer, COUNTED, audience="court")
    rounds.submit(company.round, writer, company.person(Role.SIGNATORY, OTHER))
    return company.does(
        court, lambda ctx: releasing_service.propose_table(ctx, company.edition, COUNTED)
    )


# --- looking after accounts ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "circle"),
    [
        (Role.FOCAL_POINT, state_circle(OWN)),
        (Role.COURT_READER, COURT),
        (Role.HEAD, SECRETARIAT),
    ],
)
def test_list_of_access_is_confirmed_and_the_secretariat_sees_it(company, officer, role, circle):
    player = company.person(role, OWN if role is Role.FOCAL_POINT else None)
    with company.acting(player) as ctx:
        shown = accounts.own_access_review(ctx, company.edition)
        accounts.confirm_access(ctx, company.edition, fingerprint=shown.fingerprint)

    found = company.does(officer, lambda ctx: accounts.access_reviews(ctx, company.edition))

    assert found[circle].people == len(shown.people) > 0
    assert found[circle].confirmed_by == company.id_of(player)


def test_state_sees_who_has_read_its_answers(company, focal):
    other = company.visitor(company.person(Role.FOCAL_POINT, OTHER))
    assert other.get(f"/published/{company.edition}/questions/A-02").status == 200
    court = company.visitor(company.person(Role.CO_FACILITATOR))
    assert court.get(f"/published/{company.edition}/states/{OWN}").status == 200

    page = company.visitor(focal).get(f"/readers/{company.edition}")

    assert page.status == 200
    assert "Co-facilitators" in page.text
    found = company.does(focal, lambda ctx: find_readers(ctx, company.edition))
    assert len({visit.name for day in found.days for visit in day.visits}) >= 2


def test_failed_mail_is_sent_again_from_the_page(company, officer):
    mail_id = company.word("mail_id", "failed")
    visitor = company.visitor(officer)
    page = visitor.get("/mails")
    assert page.status == 200

    sent = visitor.submit(page, page.form(action=f"/mails/{mail_id}/again"))

    assert sent.status == 200
    assert company.rows(sa.select(MailRow.status).where(MailRow.id == mail_id)) == ["due"]


def test_administrator_reads_the_history_and_ends_the_sessions(company, administrator, signatory):
    person_id = company.id_of(signatory)
    visitor = company.visitor(administrator)

    page = visitor.get(f"/people/{person_id}/history")
    ended = visitor.submit(page, page.form(action="/end-sessions"))

    assert "Signed in" in page.text
    assert ended.status == 200
    assert company.rows(sa.select(SessionRow.id).where(SessionRow.person_id == person_id)) == []
    with pytest.raises(accounts.SignInOver):
        accounts.reader_for_session(company.stage.door(signatory.address), cookie=signatory.cookie)
    company.stage.sign_in(signatory)
    own = company.does(signatory, own_history)
    assert any(event.is_warning or event.action for event in own.events)


def test_unfinished_sign_in_is_told_by_the_servers_own_job(company, signatory):
    stage = company.stage
    accounts.begin_sign_in(
        stage.door("203.0.113.9"), email=signatory.email, password=signatory.password
    )
    stage.clock.move(timedelta(hours=1))

    settled = accounts.tell_of_unfinished(
        Database(stage.database.engine, AT_THE_DOOR),
        stage.root,
        stage.settings,
        stage.clock.now(),
    )

    assert settled == 1
    assert mails(company, "notice.unfinished") == 1


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.COURT_READER, Role.CO_FACILITATOR])
def test_eleventh_export_within_an_hour_is_refused(company, role):
    player = company.person(role, OWN if role is Role.CONTRIBUTOR else None)
    for _time in range(10):
        company.does(player, accounts.count_export)

    with pytest.raises(ExportLimitReached):
        company.does(player, accounts.count_export)

    kept = company.rows(sa.select(AttemptRow.id).where(AttemptRow.kind == "export"))
    assert len(kept) == 10


@pytest.mark.parametrize("role", [Role.CONTRIBUTOR, Role.COURT_READER, Role.CO_FACILITATOR])
def test_fast_reader_raises_the_alarm_to_heads_and_administrators(company, role, administrator):
    player = company.person(role, OWN if role is Role.CONTRIBUTOR else None)
    questions = tuple(f"Q-{number:02}" for number in range(80))

    def read(ctx):
        for number in range(12):
            audit.record(
                ctx.session,
                actor=ctx.actor,
                action="published.read",
                at=ctx.now,
                edition=company.edition,
                states=(f"S{number:03}",),
                questions=questions,
            )
            accounts.watch_reading(ctx)

    company.does(player, read)

    assert mails(company, "notice.alarm") == 2
    assert company.does(administrator, accounts.reading_alarms).keys() == {company.id_of(player)}
