"""Two persons at once on PostgreSQL, where transactions see what others commit meanwhile.

The first has acted and not committed when the second begins (`Company.meanwhile`). Exactly one
effect, nobody loses what she opens, and the second is told so: a conflict, never a fault of ours.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.joining.service.institutions import (
    confirm_refounding,
    propose_refounding,
    return_answers,
)
from cooperation.accounts.joining.service.key_acts import propose_key_act
from cooperation.accounts.joining.service.leaving import let_go, make_new_keys
from cooperation.accounts.models import AccessReviewRow, MemberCaseRow
from cooperation.accounts.rules import KeyAct
from cooperation.accounts.signin.service import passwords
from cooperation.accounts.signin.service.passwords import change_password
from cooperation.analysis.models import ReleasedTable
from cooperation.analysis.service import releasing
from cooperation.analysis.service.releasing import propose_table
from cooperation.circles.rules import SECRETARIAT, state_circle
from cooperation.editions import service as editions
from cooperation.publication.batches.service.retracting import propose_retraction
from cooperation.publication.models import Retraction
from cooperation.responses import service as responses
from cooperation.responses.models import Submission
from cooperation.two_persons.models import ActRow
from cooperation.two_persons.rules import ActStatus
from tests.fixtures import second_persons
from tests.fixtures.company import DONE, Company
from tests.fixtures.rehearsal import OTHER, OWN

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("rehearsal")]

NEW, NEWER = "granite lantern orbit walnut meadow", "copper violet saddle harbour pencil"
REFUSED = {403, 404, 409, 422}
SIGNED_OUT = 409


@pytest.fixture
def heads(company):
    """The head, and a second one who joined after the founding."""
    head = company.person(Role.HEAD)
    return head, company.hire(head, Role.HEAD, second=company.person(Role.OFFICER))


@pytest.fixture
def focal_points(company):
    """Both focal points of our own State."""
    first = company.person(Role.FOCAL_POINT, OWN)
    return first, company.hire(first, Role.FOCAL_POINT)


@pytest.fixture
def officer(company):
    return company.person(Role.OFFICER)


@pytest.fixture
def writer(company):
    return company.person(Role.CONTRIBUTOR, OWN)


def approving(act_id):
    def act(ctx):
        second_persons.approve(ctx, act_id)

    return act


def refusing(act_id):
    return lambda ctx: second_persons.refuse(ctx, act_id, reason="Not now")


# --- acts of two persons -------------------------------------------------------------------------


def test_act_on_keys_is_approved_once(company, heads):
    act_id = company.word("act_id", "keys")

    status = company.meanwhile((heads[0], approving(act_id)), (heads[1], approving(act_id)))

    assert status in REFUSED
    assert company.logged("act.approved", act_id) == 1


@pytest.mark.parametrize("word", ["keys", "grant"])
def test_act_that_is_refused_is_not_approved_meanwhile(company, heads, officer, word):
    act_id = company.word("act_id", word)
    second = officer if word == "grant" else heads[1]
    first = heads[0] if word == "keys" else heads[1]

    status = company.meanwhile((first, refusing(act_id)), (second, approving(act_id)))

    assert status in REFUSED
    wanted = sa.select(ActRow.status).where(ActRow.id == act_id)
    assert company.rows(wanted) == [ActStatus.REFUSED]


def test_role_is_granted_once(company, heads, officer):
    act_id = company.word("act_id", "grant")
    before = company.logged("grant.confirmed")

    status = company.meanwhile((heads[1], approving(act_id)), (officer, approving(act_id)))

    assert status in REFUSED
    assert company.logged("grant.confirmed") == before + 1


def test_same_act_on_keys_is_proposed_once(company, heads):
    first = company.person(Role.ADMINISTRATOR)
    second = company.hire(heads[0], Role.ADMINISTRATOR, second=heads[1])

    def act(ctx):
        kind = KeyAct.KEY_DESTRUCTION
        subject = accounts.key_act_hash(ctx.root, kind, "1")
        propose_key_act(ctx, kind=kind, subject_hash=subject, note="Yearly")

    assert company.meanwhile((first, act), (second, act)) in REFUSED

    wanted = sa.select(ActRow.id).where(ActRow.kind == KeyAct.KEY_DESTRUCTION)
    assert len(company.rows(wanted)) == 1


def test_end_of_a_state_is_proposed_once(company, heads, officer):
    def act(ctx):
        propose_refounding(ctx, OTHER, note="Note 12")

    assert company.meanwhile((heads[0], act), (officer, act)) in REFUSED

    assert len(company.rows(sa.select(MemberCaseRow.id))) == 1
    assert company.logged("dissolution.proposed") == 1


def test_end_of_a_state_is_confirmed_once(company, heads, officer):
    company.does(officer, lambda ctx: propose_refounding(ctx, OTHER, note="Note 12"))

    def act(ctx):
        confirm_refounding(ctx, OTHER)

    assert company.meanwhile((heads[0], act), (heads[1], act)) in REFUSED

    assert company.logged("dissolution.confirmed") == 1


def test_answers_are_given_back_once(company, heads, officer):
    company.does(officer, lambda ctx: propose_refounding(ctx, OTHER, note="Note 12"))
    company.does(heads[0], lambda ctx: confirm_refounding(ctx, OTHER))
    founder = company.found_again(OTHER)

    def act(ctx):
        return_answers(ctx, OTHER)

    assert company.meanwhile((heads[0], act), (officer, act)) in REFUSED

    assert founder
    assert company.does(officer, accounts.returnable) == []


# --- keys ----------------------------------------------------------------------------------------


def test_keys_that_are_due_are_made_by_two_colleagues_at_once(company, focal_points, writer):
    leaver = company.id_of(writer)
    company.does(company.person(Role.ADMINISTRATOR), lambda ctx: let_go(ctx, leaver))

    status = company.meanwhile((focal_points[0], make_new_keys), (focal_points[1], make_new_keys))

    assert status in {DONE, *REFUSED}
    assert company.logged("person.removed", leaver) == 1
    assert company.wrongs(*focal_points, company.person(Role.SIGNATORY, OWN)) == []


def test_colleague_is_let_go_once(company, focal_points, writer):
    leaver, before = company.id_of(writer), company.version(state_circle(OWN))

    def act(ctx):
        let_go(ctx, leaver)

    assert company.meanwhile((focal_points[0], act), (focal_points[1], act)) in REFUSED

    assert company.version(state_circle(OWN)) == before + 1
    assert company.logged("person.disabled", leaver) == 1
    assert company.wrongs(*focal_points) == []


def test_two_colleagues_who_let_each_other_go_do_not_both_leave(company, focal_points):
    first, second = (company.id_of(player) for player in focal_points)

    status = company.meanwhile(
        (focal_points[0], lambda ctx: let_go(ctx, second)),
        (focal_points[1], lambda ctx: let_go(ctx, first)),
    )

    assert status == 403
    assert company.logged("person.disabled", first) == 0
    assert company.wrongs(focal_points[0]) == []


def changing(company: Company, player, new: str = NEW):
    """Change a password, in the transactions that it takes."""
    return lambda: change_password(
        company.stage.door(player.address), cookie=player.cookie, old=player.password, new=new
    )


def test_password_is_changed_while_the_circle_gets_new_keys(company, focal_points, writer):
    signatory = company.person(Role.SIGNATORY, OWN)
    leaver = company.id_of(writer)
    for player in (focal_points[0], signatory):
        company.stage.sign_in(player)

    with ThreadPoolExecutor(1) as pool:
        with company.acting(focal_points[0]) as ctx:
            let_go(ctx, leaver)
            running = company.start(pool, changing(company, signatory))
        status = running.result()

    assert status == DONE
    signatory.password, signatory.signed_in_at = NEW, None
    assert company.wrongs(*focal_points, signatory) == []


@pytest.mark.parametrize("act", ["let_go", "make_new_keys"])
def test_circle_gets_new_keys_while_a_password_is_changed(
    company, focal_points, writer, monkeypatch, act
):
    signatory = company.person(Role.SIGNATORY, OWN)
    leaver = company.id_of(writer)
    if act == "make_new_keys":
        company.does(company.person(Role.ADMINISTRATOR), lambda ctx: let_go(ctx, leaver))
    for player in (focal_points[0], signatory):
        company.stage.sign_in(player)
    running = []

    def renew(ctx):
        if act == "let_go":
            let_go(ctx, leaver)
        else:
            make_new_keys(ctx)

    with ThreadPoolExecutor(1) as pool:
        monkeypatch.setattr(
            passwords,
            "reach",
            lambda point: running.append(
                company.start(pool, lambda: company.does(focal_points[0], renew))
            ),
        )
        changing(company, signatory)()
        (status,) = (each.result() for each in running)

    assert status == DONE
    signatory.password, signatory.signed_in_at = NEW, None
    assert company.wrongs(*focal_points, signatory) == []
    assert company.logged("person.removed", leaver) == 1


def test_password_of_a_leaver_is_not_changed(company, focal_points, writer):
    leaver = company.id_of(writer)
    for player in (focal_points[0], writer):
        company.stage.sign_in(player)

    with ThreadPoolExecutor(1) as pool, company.acting(focal_points[0]) as ctx:
        let_go(ctx, leaver)
        running = company.start(pool, changing(company, writer))

    assert running.result() == SIGNED_OUT
    assert company.logged("keys.renewed", leaver) == 0


def test_password_is_changed_once(company, writer, monkeypatch):
    company.stage.sign_in(writer)
    running = []
    person_id = company.id_of(writer)

    with ThreadPoolExecutor(1) as pool:

        def second(point):
            monkeypatch.undo()
            running.append(company.start(pool, changing(company, writer, NEWER)))

        monkeypatch.setattr(passwords, "reach", second)
        changing(company, writer)()

    assert running[0].result() == SIGNED_OUT
    writer.password, writer.signed_in_at = NEW, None
    assert company.wrongs(writer) == []
    assert company.logged("keys.renewed", person_id) == 1


def test_office_gets_new_keys_while_a_colleague_joins(company, heads, officer):
    made = []

    def invite(ctx):
        made.append(
            accounts.invite_person(
                ctx,
                name="A. Newcomer",
                email="new@secretariat.example.org",
                role=Role.OFFICER,
                organ="",
                replaces=False,
            )
        )

    before = company.version(SECRETARIAT)
    assert company.meanwhile((heads[0], make_new_keys), (heads[1], invite)) == DONE

    company.approve(officer, made[0].id)
    newcomer = company.activate(made[0], Role.OFFICER)
    assert company.version(SECRETARIAT) == before + 1
    assert company.wrongs(newcomer, *heads) == []


# --- editions, submissions, publication ----------------------------------------------------------


def closing(company: Company):
    def act(ctx):
        act = second_persons.act_about(ctx, company.edition)
        second_persons.approve(ctx, act.id)

    return act


def test_edition_is_prepared_once(company, heads, officer):
    with company.above.reading() as session:
        year = editions.edition(session, company.word("edition_id", "prepared")).year + 1

    def act(ctx):
        editions.prepare_edition(
            ctx,
            year=year,
            opens_on=date(year, 9, 1),
            deadline_on=date(year, 11, 30),
            questionnaire_version=editions.questionnaire_versions()[-1],
        )

    assert company.meanwhile((heads[0], act), (officer, act)) in REFUSED


def test_edition_is_closed_once(company, heads, officer):
    company.does(officer, lambda ctx: editions.propose_closing(ctx, company.edition))

    assert company.meanwhile((heads[0], closing(company)), (heads[1], closing(company))) in REFUSED

    assert company.logged("edition.closed") == 2  # with last year's


def test_edition_is_opened_once(company, heads, officer):
    company.does(officer, lambda ctx: editions.propose_closing(ctx, company.edition))
    company.does(heads[0], closing(company))
    company.wait_for(company.word("edition_id", "prepared"))
    opened = company.logged("edition.opened")

    def act(ctx):
        found = editions.edition(ctx.session, company.word("edition_id", "prepared"))
        editions.open_edition(ctx, found.id, shown_hash=found.prepared_hash or b"")

    assert company.meanwhile((heads[0], act), (heads[1], act)) in REFUSED

    assert company.logged("edition.opened") == opened + 1


def ready(company: Company) -> int:
    """Make our own State's response ready with a change; return the version to be signed."""
    company.save(company.person(Role.FOCAL_POINT, OWN), "A-05")
    company.does(
        company.person(Role.FOCAL_POINT, OWN),
        lambda ctx: responses.mark_ready(ctx, edition_id=company.edition),
    )
    return company.does(
        company.person(Role.SIGNATORY, OWN),
        lambda ctx: responses.signing_page(ctx, edition_id=company.edition).version,
    )


def submitting(company: Company, version: int):
    return lambda ctx: responses.submit_response(
        ctx,
        edition_id=company.edition,
        version=version,
        is_declared=True,
        is_court_confirmed=True,
    )


def submissions(company: Company) -> int:
    wanted = sa.select(Submission.id).where(
        Submission.edition_id == company.edition, Submission.state_code == OWN
    )
    return len(company.rows(wanted))


def test_response_is_submitted_once(company):
    first = company.person(Role.SIGNATORY, OWN)
    second = company.hire(company.person(Role.FOCAL_POINT, OWN), Role.SIGNATORY)
    act, before = submitting(company, ready(company)), submissions(company)

    assert company.meanwhile((first, act), (second, act)) in REFUSED

    assert submissions(company) == before + 1


def test_nothing_is_submitted_once_the_edition_is_closing(company, heads, officer):
    company.does(officer, lambda ctx: editions.propose_closing(ctx, company.edition))
    act, before = submitting(company, ready(company)), submissions(company)

    status = company.meanwhile(
        (heads[0], closing(company)), (company.person(Role.SIGNATORY, OWN), act)
    )

    assert status in REFUSED
    assert submissions(company) == before


def test_answer_is_taken_back_once(company, heads):
    retraction_id = company.word("act_id", "open")

    def act(ctx):
        second_persons.approve(ctx, retraction_id)

    assert company.meanwhile((heads[0], act), (heads[1], act)) in REFUSED

    assert company.logged("answer.retracted") == 1


def test_taking_back_is_proposed_once(company, heads, officer):
    def act(ctx):
        propose_retraction(ctx, company.edition, OWN, "A-02", reason="In error")

    assert company.meanwhile((heads[0], act), (officer, act)) in REFUSED

    assert len(company.rows(sa.select(Retraction.id).where(Retraction.question == "A-02"))) == 1


@pytest.fixture
def court(company, heads, monkeypatch):
    """Three Court readers, and an answer of the other State for the Court alone."""
    monkeypatch.setattr(releasing, "SMALLEST", 0)
    first = company.person(Role.COURT_READER)
    others = [company.hire(first, Role.COURT_READER, second=heads[0]) for _time in range(2)]
    writer = company.person(Role.FOCAL_POINT, OTHER)
    company.save(writer, "A-05", audience="court")
    company.does(writer, lambda ctx: responses.mark_ready(ctx, edition_id=company.edition))
    signatory = company.person(Role.SIGNATORY, OTHER)
    version = company.does(
        signatory, lambda ctx: responses.signing_page(ctx, edition_id=company.edition).version
    )
    company.does(signatory, submitting(company, version))
    return first, *others


def test_table_is_proposed_once(company, court):
    def act(ctx):
        propose_table(ctx, company.edition, "A-05")

    assert company.meanwhile((court[0], act), (court[1], act)) in REFUSED

    assert len(company.rows(sa.select(ReleasedTable.id))) == 1


def test_table_is_released_once(company, court):
    table_id = company.does(court[0], lambda ctx: propose_table(ctx, company.edition, "A-05"))

    def act(ctx):
        second_persons.approve(ctx, table_id)

    assert company.meanwhile((court[1], act), (court[2], act)) in REFUSED

    assert company.logged("figure.released") == 1


def test_list_of_access_is_confirmed_once(company, focal_points):
    def act(ctx):
        shown = accounts.own_access_review(ctx, company.edition)
        accounts.confirm_access(ctx, company.edition, fingerprint=shown.fingerprint)

    assert company.meanwhile((focal_points[0], act), (focal_points[1], act)) in REFUSED

    assert len(company.rows(sa.select(AccessReviewRow.id))) == 1


def test_unfinished_sign_in_is_told_once(company, writer):
    stage = company.stage
    accounts.begin_sign_in(stage.door("203.0.113.9"), email=writer.email, password=writer.password)
    stage.clock.move(timedelta(hours=1))

    def settle():
        return accounts.tell_of_unfinished(
            stage.database, stage.root, stage.settings, stage.clock.now()
        )

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(lambda _turn: settle(), range(2))) == [0, 1]
