"""A State's work goes on after somebody left, and after it lost everybody."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.accounts.joining.service.institutions import confirm_refounding, propose_refounding
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.circles.rules import BundleKind, state_circle
from cooperation.editions.rules import Answer
from cooperation.responses import models, service
from cooperation.responses.drafting.service.answering import open_part
from cooperation.responses.drafting.service.files import draft_file
from cooperation.responses.models import StoredFile
from cooperation.responses.rules import Audience
from cooperation.responses.submitted.service.signed import (
    NotSignedError,
    SignedItem,
    check_signed,
    forget_manifests,
)
from cooperation.vault.member import make_blob_key
from cooperation.vault.passwords import LIGHT
from tests.fixtures.circles import PASSWORD
from tests.fixtures.responses import EARLIER, EDITION, Round
from tests.fixtures.thief import Loot

STATE = state_circle("AF01")
WORDS = "Words of before"
CONTENT = b"%PDF-1.7 words of a law\n%%EOF\n"


@pytest.fixture
def begun(round_: Round) -> Round:
    """A draft with a text and a file; the people are this test's own."""
    forget_manifests()
    people = {name: replace(person) for name, person in round_.world.people.items()}
    round_.world = replace(round_.world, people=people)
    round_.save("A1", {"A-07": Answer(text=WORDS)})
    add_file(round_)
    return round_


def add_file(round_: Round, name: str = "law.pdf", by: str = "focal") -> str:
    with round_.acting(by) as ctx:
        return service.add_file(
            ctx, edition_id=EDITION, question_code="D-06", name=name, content=CONTENT
        ).id


def leave(round_: Round) -> None:
    leaver = round_.world.people["signatory"].person_id
    with round_.acting("focal") as ctx:
        circles.renew_circle(ctx, STATE, removing=(leaver,))


def lose_everybody(round_: Round) -> None:
    """The State is founded again; the newcomer is called "focal"."""
    world = round_.world
    with round_.acting("officer") as ctx:
        propose_refounding(ctx, "AF01", note="Note verbale 12")
    with round_.acting("head") as ctx:
        confirm_refounding(ctx, "AF01")
    for name in ("focal", "contributor", "signatory"):
        del world.people[name]
    for role in (Role.FOCAL_POINT, Role.SIGNATORY):
        world.person(role, "AF01")


def regrant(round_: Round) -> None:
    for name in ("officer", "court"):
        with round_.acting(name) as ctx:
            circles.regrant(ctx, STATE)


def text_of(round_: Round, code: str = "A-07", part: str = "A1") -> tuple[str | None, int]:
    with round_.reading("focal") as ctx:
        page = open_part(ctx, edition_id=round_.edition, part_code=part)
    found = next(each for each in page.questions if each.question.code == code)
    return found.record.answer.text, found.seen.version


def file_content(round_: Round, file_id: str) -> bytes:
    with round_.reading("focal") as ctx:
        found = draft_file(ctx, edition_id=EDITION, question_code="D-06", file_id=file_id)
        return found.content


def test_work_goes_on_after_somebody_left(begun: Round) -> None:
    leaver, loot = begun.world.people["signatory"], Loot(begun.world.root)
    kept = add_file(begun, "kept.pdf")
    with begun.reading("focal") as ctx:
        loot.copy_rows(ctx.session)
    leave(begun)

    assert text_of(begun) == (WORDS, 1)
    begun.save("B1", {"B-05": Answer(text="Words of after")})
    added = add_file(begun, "added.pdf")

    assert text_of(begun) == (WORDS, 1)
    assert text_of(begun, "B-05", "B1") == ("Words of after", 1)
    assert file_content(begun, kept) == CONTENT
    assert file_content(begun, added) == CONTENT
    with begun.reading("focal") as ctx:
        first, second = circles.find_bundles(
            ctx, kind=BundleKind.DRAFT, edition=EDITION, state="AF01"
        )
        under = set(ctx.session.scalars(sa.select(StoredFile.bundle_id)))
        loot.copy_rows(ctx.session)
        opened = loot.opens(ctx.session, leaver.person_id, {1: leaver.opened.keys.sealing})
        (current,) = under
    assert current in {first.id, second.id}
    assert current not in opened
    assert len(opened) == 1


def test_conflict_with_a_page_of_before_is_still_found(begun: Round) -> None:
    page = begun.fields("A1", {"A-07": Answer(text="Mine")})
    begun.save("A1", {"A-07": Answer(text="A colleague's")})
    leave(begun)

    result = begun.post("A1", page)

    assert result.conflicts[0].seen.version == 2


def test_what_was_kept_in_two_bundles_is_signed_and_read_as_one(begun: Round) -> None:
    begun.fill()
    with begun.acting("focal") as ctx:
        circles.renew_circle(ctx, STATE)
    begun.save("A1", {"A-07": Answer(text="Words of after")})
    submission = begun.submit()

    with begun.reading("officer") as ctx:
        rows = service.submission_answers(ctx.session, (submission.id,))
        readable = [row for row in rows if row.audience != Audience.COURT]
        opened = service.open_answers(ctx, readable)
    assert opened["AF01", "A-07"].answer.text == "Words of after"
    assert opened["AF01", "A-05"].answer.choice


def test_lost_draft_is_blank_and_is_written_again(begun: Round) -> None:
    begun.save("B1", {"B-05": Answer(text="Words of before")})
    lose_everybody(begun)

    assert text_of(begun)[0] is None
    begun.save("A1", {"A-07": Answer(text="Written again")})
    assert text_of(begun)[0] == "Written again"
    with begun.reading("focal") as ctx:
        done = service.response_page(ctx, edition_id=EDITION).frame.done_parts
    assert "B1" not in done


def test_recovery_sheet_brings_the_draft_back(begun: Round) -> None:
    with begun.acting("focal") as ctx:
        code = circles.make_recovery_sheet(ctx).code
    lose_everybody(begun)
    begun.save("B1", {"B-05": Answer(text="Written meanwhile")})
    with begun.acting("focal") as ctx:
        circles.use_recovery_sheet(ctx, code)

    assert text_of(begun) == (WORDS, 1)
    assert text_of(begun, "B-05", "B1") == ("Written meanwhile", 1)


def test_last_years_answers_come_back_when_they_are_granted_again(begun: Round) -> None:
    begun.edition = EARLIER
    begun.fill()
    begun.save("A1", {"A-06": Answer(choice=("yes",)), "A-07": Answer(text="Old words")})
    begun.submit()
    begun.edition = EDITION
    lose_everybody(begun)

    def earlier() -> str | None:
        with begun.reading("focal") as ctx:
            page = open_part(ctx, edition_id=EDITION, part_code="A1")
        found = next(each for each in page.questions if each.question.code == "A-07")
        return found.earlier.answer.text if found.earlier else None

    with pytest.raises(service.AnswersComingBackError):
        earlier()
    with begun.acting("focal") as ctx, pytest.raises(service.AnswersComingBackError):
        service.keep_everything(ctx, edition_id=EDITION)
    regrant(begun)
    assert earlier() == "Old words"


def test_state_that_lost_everybody_corrects_its_submission(begun: Round) -> None:
    begun.fill()
    begun.submit()
    lose_everybody(begun)
    regrant(begun)
    begun.fill()
    begun.save("B1", {"B-05": Answer(text="Corrected")})

    assert begun.submit().number == 2


def test_filed_answers_stand_in_for_the_lost_draft(begun: Round) -> None:
    begun.fill()
    begun.save("A1", {"A-06": Answer(choice=("yes",)), "A-07": Answer(text="Filed words")})
    begun.submit()
    begun.save("A1", {"A-07": Answer(text="Words that nobody submitted")})
    lose_everybody(begun)
    with pytest.raises(service.AnswersComingBackError):
        text_of(begun)

    regrant(begun)

    assert text_of(begun)[0] == "Filed words"


def test_nothing_is_written_before_the_answers_are_given_back(begun: Round) -> None:
    page = begun.fields("A1", {"A-07": Answer(text="Typed too early")})
    begun.fill()
    begun.submit()
    lose_everybody(begun)

    with pytest.raises(service.AnswersComingBackError):
        begun.post("A1", page)
    with begun.acting("officer") as ctx:
        circles.regrant(ctx, STATE)
    with pytest.raises(service.AnswersComingBackError):
        begun.post("A1", page)
    with begun.reading("focal") as ctx:
        assert service.response_page(ctx, edition_id=EDITION).is_coming_back
    with begun.acting("court") as ctx:
        circles.regrant(ctx, STATE)
    with begun.reading("focal") as ctx:
        assert not service.response_page(ctx, edition_id=EDITION).is_coming_back


def test_parts_are_counted_anew_after_the_answers_came_back(begun: Round) -> None:
    def done() -> int:
        with begun.reading("focal") as ctx:
            return service.response_page(ctx, edition_id=EDITION).parts_done

    begun.fill()
    begun.submit()
    before = done()
    lose_everybody(begun)
    regrant(begun)
    given_back = done()

    begun.save("B1", {"B-05": Answer(text="Corrected")})

    assert before == given_back == done() == 13


def test_file_that_was_filed_is_in_the_draft_again(begun: Round) -> None:
    begun.fill()
    file_id = add_file(begun, "filed.pdf")
    begun.submit()
    lose_everybody(begun)
    regrant(begun)

    begun.save("B1", {"B-05": Answer(text="Corrected")})

    assert file_content(begun, file_id) == CONTENT
    assert begun.submit().number == 2


def forge_submission(round_: Round, first: str) -> list[SignedItem]:
    """The leaver's own key signs another submission; somebody writes to database and log."""
    with round_.world.database.writing() as session:
        ctx = round_.world.context(session, "signatory")
        row = session.get_one(models.Submission, first)
        names = [each.key for each in sa.inspect(models.Submission).column_attrs]
        values = {name: getattr(row, name) for name in names}
        manifest = row.manifest.replace(b'"number":1', b'"number":9')
        values |= {"id": "forged", "number": 9, "manifest": manifest}
        session.add(models.Submission(**values | {"signature": ctx.reader.sign(manifest)}))
        audit.record(
            session,
            actor=ctx.actor,
            action="response.submitted",
            at=ctx.now,
            submission="forged",
            commitment=row.root,
        )
        (answer,) = service.submission_answers(session, (first,), questions=("A-05",))
    return [("forged", answer.state_code, answer.question, answer.commitment)]


@pytest.mark.parametrize("has_left", [False, True])
def test_key_of_who_has_left_signs_for_the_state_no_more(begun: Round, has_left: bool) -> None:
    begun.fill()
    submission = begun.submit()
    if has_left:
        leave(begun)
    forget_manifests()
    forged = forge_submission(begun, submission.id)

    with begun.reading("officer") as ctx:
        rows = service.submission_answers(ctx.session, (submission.id,), questions=("A-05",))
        assert service.open_answers(ctx, rows)
        if not has_left:
            check_signed(ctx, forged)
            return
        with pytest.raises(NotSignedError):
            check_signed(ctx, forged)


def test_signature_of_before_new_keys_stays(begun: Round) -> None:
    begun.fill()
    submission = begun.submit()
    person = begun.world.people["signatory"]
    with begun.acting("signatory") as ctx:
        circles.change_member_keys(
            ctx.session,
            ctx.root,
            opened=person.opened,
            blob_key=make_blob_key(PASSWORD, LIGHT),
            now=ctx.now,
            actor=ctx.actor,
        )
    forget_manifests()

    with begun.reading("officer") as ctx:
        rows = service.submission_answers(ctx.session, (submission.id,), questions=("A-05",))
        assert service.open_answers(ctx, rows)
