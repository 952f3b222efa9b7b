"""A backup comes back whole, and what was taken away after it stays taken away (R9, R16)."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.accounts.models import PersonRow, SessionRow
from cooperation.audit import service as audit
from cooperation.audit.service import refuse_before_confirmation
from cooperation.audit.service.restores import RestoreUnconfirmedError
from cooperation.circles.models import Member
from cooperation.publication.models import PublishedAnswer
from cooperation.responses.signing.service.withholding import seal_withheld, withheld_questions
from cooperation.safekeeping import service as safekeeping
from cooperation.safekeeping.models import RestoreRow
from cooperation.safekeeping.service.records import Progress, check_records
from cooperation.safekeeping.service.standing import (
    ConfirmedAlreadyError,
    confirm_restore,
    last_restore,
)
from tests.fixtures.crashes import OTHER, OWN
from tests.fixtures.keeping import (
    Keeper,
    keeper_of,
    let_go,
    narrow,
    page_of,
    published_of,
    submit,
    withheld,
)

WATCHED = (
    (Role.FOCAL_POINT, OWN),
    (Role.HEAD, None),
    (Role.COURT_READER, None),
    (Role.CO_FACILITATOR, None),
)


LONG_AFTER = timedelta(days=5 * 366)


@dataclass(frozen=True)
class Burnt:
    """What happened before the fire, and the instance that came back."""

    taken: safekeeping.Taken
    keeper: Keeper
    there: Keeper
    edition: str
    question: str
    leaver: str
    submitter: str


def check(keeper: Keeper, role: Role, state: str | None) -> Progress:
    return keeper.as_(keeper.theatre.player(role, state), check_records)


@pytest.fixture(scope="module")
def burnt_once(small_instance, tmp_path_factory) -> Burnt:
    """An instance after a backup, a removal, a narrowing and a submission; and the restored one."""
    folder = tmp_path_factory.mktemp("burnt")
    keeper = keeper_of(small_instance.copy_to(folder / "instance"), folder)
    taken = keeper.backup()
    chosen = published_of(keeper)
    narrow(keeper, *chosen)
    leaver = let_go(keeper)
    submitter = submit(keeper)
    keeper.sign()
    return Burnt(taken, keeper, keeper.restore(taken.place), *chosen, leaver, submitter)


@pytest.fixture
def burnt(burnt_once, tmp_path) -> Burnt:
    """The same; the restored instance is a copy that the test may change."""
    return replace(burnt_once, there=burnt_once.there.copy_to(tmp_path / "there"))


def test_what_was_backed_up_comes_back_row_for_row_and_opens(burnt):
    there = burnt.there

    for role, state in WATCHED:
        progress = check(there, role, state)
        assert progress.is_over, role
        assert not progress.faults, role
        assert progress.opened > 100, role
    assert there.entries("records.checked")[0].version > 100


def test_a_backup_that_is_opened_years_later_lets_its_people_in_and_opens_to_them(burnt):
    there = burnt.there
    there.theatre.clock.move(LONG_AFTER)

    for role, state in reversed(WATCHED):
        page_of(there, there.theatre.player(role, state), "/")
        progress = check(there, role, state)
        assert progress.is_over, role
        assert (progress.faults, progress.opened > 100) == ((), True), role
    assert len(there.entries("person.let_in")) == len(WATCHED)


def test_a_restore_announces_the_rollback_and_begins_a_log_of_another_name(burnt):
    keeper, there = burnt.keeper, burnt.there

    (entry,) = there.entries("instance.restored")

    last = max(each.seq for each in keeper.entries("response.submitted")) + 1
    assert entry.version == last
    assert entry.actor == "system"
    stage = there.theatre.open()
    with stage.database.reading() as session:
        assert audit.current_origin(session, stage.root.instance).endswith("/2")
    assert audit.issue_checkpoint(
        stage.database, stage.settings, stage.root, stage.clock
    ).origin.endswith("/2")


def test_removal_and_narrowing_after_the_backup_are_done_again(burnt):
    there, edition, question = burnt.there, burnt.edition, burnt.question

    (person,) = there.rows(
        sa.select(PersonRow.status, PersonRow.are_new_keys_due).where(PersonRow.id == burnt.leaver)
    )
    assert tuple(person) == ("disabled", True)
    (member,) = there.rows(sa.select(Member.disabled_at).where(Member.person_id == burnt.leaver))
    assert member.disabled_at is not None
    (published,) = there.rows(
        sa.select(PublishedAnswer.sealed, PublishedAnswer.narrowed_at).where(
            PublishedAnswer.state_code == OWN,
            PublishedAnswer.edition_id == edition,
            PublishedAnswer.question == question,
        )
    )
    assert published.sealed is None
    assert published.narrowed_at is not None
    assert withheld(there) == [question]
    assert there.theatre.player(Role.CONTRIBUTOR, OWN).email in refused_at_the_door(there)


def refused_at_the_door(keeper: Keeper) -> list[str]:
    player = keeper.theatre.player(Role.CONTRIBUTOR, OWN)
    with pytest.raises(Exception, match="do not fit together"):
        keeper.as_(player, lambda ctx: None)
    return [player.email]


def test_a_withheld_answer_opens_for_nobody_else_until_its_state_seals_it_again(burnt):
    there, question = burnt.there, burnt.question
    signatory = there.theatre.player(Role.SIGNATORY, OWN)
    before = check(there, Role.COURT_READER, None)

    assert there.as_(signatory, withheld_questions) == (question,)
    assert there.as_(signatory, seal_withheld) >= 1

    assert withheld(there) == []
    after = check(there, Role.COURT_READER, None)
    assert after.opened > before.opened
    assert not after.faults
    assert not check(there, Role.HEAD, None).faults
    assert there.entries("answers.resealed")[0].questions == (question,)


def test_a_lost_submission_is_told_to_its_state_and_the_secretariat(burnt):
    there, submitter = burnt.there, burnt.submitter

    lost = there.as_(there.theatre.player(Role.HEAD), safekeeping.lost_submissions)
    own = there.as_(there.theatre.player(Role.SIGNATORY, submitter), safekeeping.lost_submissions)
    others = there.as_(there.theatre.player(Role.SIGNATORY, OTHER), safekeeping.lost_submissions)

    assert [each.state_code for each in lost] == [each.state_code for each in own] == [submitter]
    assert submitter == OTHER or others == []
    submit(there)
    assert there.as_(there.theatre.player(Role.HEAD), safekeeping.lost_submissions) == []


def test_nothing_is_published_before_a_head_has_confirmed_the_restore(burnt):
    there = burnt.there
    head = there.theatre.player(Role.HEAD)

    with pytest.raises(RestoreUnconfirmedError):
        there.as_(head, lambda ctx: refuse_before_confirmation(ctx.session))
    view = there.as_(head, last_restore)
    there.as_(head, lambda ctx: confirm_restore(ctx, view.id))

    assert view.operator == "A. Operator"
    assert dict(view.again)["answer.narrowed"] == 1
    there.as_(head, lambda ctx: refuse_before_confirmation(ctx.session))
    with pytest.raises(ConfirmedAlreadyError):
        there.as_(head, lambda ctx: confirm_restore(ctx, view.id))


def test_pages_say_what_is_lost_and_ask_a_head_first(burnt):
    there = burnt.there
    head, officer = there.theatre.player(Role.HEAD), there.theatre.player(Role.OFFICER)
    signatory = there.theatre.player(Role.SIGNATORY, burnt.submitter)

    restored, home = (page_of(there, head, address) for address in ("/restore", "/"))

    assert "Confirm the restore" in restored
    assert "A. Operator" in restored
    assert "See what is lost, and confirm" in home.split("Also waiting")[0]
    assert "before a head of the Secretariat has confirmed" in page_of(there, officer, "/")
    own = page_of(there, signatory, "/")
    assert "your receipt proves it; submit again" in own
    assert "Seal them again" in page_of(there, there.theatre.player(Role.SIGNATORY, OWN), "/")
    assert "records opened, all as signed" in page_of(there, head, "/records/checked")


def test_nobody_is_signed_in_after_a_restore_and_no_earlier_code_is_taken(burnt):
    there = burnt.there

    assert there.rows(sa.select(SessionRow.id)) == []
    steps = there.rows(sa.select(PersonRow.last_code_step))
    (restored,) = there.rows(sa.select(RestoreRow.restored_at, RestoreRow.summary))
    assert min(row[0] for row in steps) >= int(restored.restored_at.timestamp()) // 30
    assert json.loads(restored.summary)["lost"]["response.submitted"] >= 0
