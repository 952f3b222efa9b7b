"""Files of answers: sealed, limited, sealed again with their answer."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from cooperation.circles import service as circles
from cooperation.circles.rules import state_circle
from cooperation.core.errors import Invalid, NotFound, Unavailable
from cooperation.editions.rules import Answer
from cooperation.responses import queries, service
from cooperation.responses.drafting.service import files
from cooperation.responses.drafting.service.files import (
    draft_file,
    open_files,
    own_submitted_file,
    remove_file,
)
from cooperation.responses.drafting.service.keeping import keep_answer
from cooperation.responses.drafting.service.undoing import undo_answers
from cooperation.responses.models import FileChunk, StoredFile
from cooperation.responses.rules import Audience, write_made
from cooperation.responses.rules.uploads.refusals import MACROS
from tests.fixtures.circles import NOW
from tests.fixtures.papers import chunk, office, png
from tests.fixtures.responses import EARLIER, EDITION, Round

CONTENT = b"%PDF-1.7 canary-in-a-file-93741 " + bytes(range(256)) * 600 + b"\n%%EOF\n"


@pytest.fixture
def asked(round_: Round) -> Round:
    return round_


def add(round_: Round, name="law.pdf", content=CONTENT, code="D-06"):
    with round_.acting("focal") as ctx:
        return service.add_file(
            ctx, edition_id=round_.edition, question_code=code, name=name, content=content
        )


def files_of(round_: Round, code="D-06"):
    with round_.reading("focal") as ctx:
        return open_files(ctx, edition_id=EDITION, question_code=code).record.answer.files


def done_parts(round_: Round):
    with round_.reading("focal") as ctx:
        state = service.response_page(ctx, edition_id=EDITION)
        return state.frame.done_parts


def test_a_file_comes_back_as_it_went_in(asked):
    file = add(asked)

    with asked.reading("signatory") as ctx:
        found = draft_file(ctx, edition_id=EDITION, question_code="D-06", file_id=file.id)

    assert found.content == CONTENT
    assert found.name == "law.pdf"
    assert found.content_type == "application/pdf"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("law.pdf", b""),
        ("law.pdf", b"not a pdf"),
        ("law.exe", b"MZ"),
        ("../law.pdf", CONTENT),
        ("law.pdf", b"%PDF-" + bytes(10 * 1024 * 1024)),
    ],
)
def test_a_file_that_does_not_fit_is_refused(asked, name, content):
    with pytest.raises(Invalid):
        add(asked, name, content)

    assert files_of(asked) == ()


def test_what_is_kept_of_a_picture_is_what_was_cleaned(asked):
    told = png(3, 2, chunk(b"tEXt", b"taken by Jane Doe"))

    file = add(asked, "scan.png", told)

    with asked.reading("focal") as ctx:
        found = draft_file(ctx, edition_id=EDITION, question_code="D-06", file_id=file.id)
    assert found.content == png(3, 2)
    assert file.size == len(png(3, 2))


def test_a_hostile_file_is_refused_with_its_reason(asked):
    with pytest.raises(Invalid) as refusal:
        add(asked, "law.docx", office("docx", {"word/vbaProject.bin": b"x"}))

    assert [str(sentence) for _field, sentence in refusal.value.errors] == [str(MACROS)]


def test_a_states_files_are_bounded_together(asked, monkeypatch):
    add(asked)
    monkeypatch.setattr(files, "QUOTA_BYTES", 2 * len(CONTENT))

    with pytest.raises(Invalid):
        add(asked, "law-2.pdf")


def test_nothing_is_kept_while_the_virus_check_is_silent(asked, tmp_path):
    with asked.acting("focal") as ctx:
        silent = replace(
            ctx, settings=ctx.settings.model_copy(update={"clamav_socket": tmp_path / "nobody"})
        )
        with pytest.raises(Unavailable):
            service.add_file(
                silent, edition_id=EDITION, question_code="D-06", name="a.pdf", content=CONTENT
            )

    assert files_of(asked) == ()


def test_no_more_files_than_the_question_takes(asked):
    for number in range(5):
        add(asked, f"law-{number}.pdf")

    with pytest.raises(Invalid):
        add(asked, "law-6.pdf")


def remove(round_: Round, file):
    with round_.acting("focal") as ctx:
        return remove_file(ctx, edition_id=EDITION, question_code="D-06", file_id=file.id)


def undo(round_: Round, made):
    with round_.acting("focal") as ctx:
        return undo_answers(ctx, edition_id=EDITION, made=write_made(made))


def pieces(round_: Round) -> int:
    with round_.world.database.reading() as session:
        counts = [
            session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in (StoredFile, FileChunk)
        ]
    return sum(counts)


def test_a_removed_file_is_read_by_nobody_and_counts_no_more(asked):
    file = add(asked)

    remove(asked, file)

    assert files_of(asked) == ()
    with asked.reading("focal") as ctx:
        assert queries.file_bytes(ctx.session, "AF01") == 0
        with pytest.raises(NotFound):
            draft_file(ctx, edition_id=EDITION, question_code="D-06", file_id=file.id)


def test_removing_a_file_is_undone_with_the_file_as_it_was(asked):
    file = add(asked)
    made = remove(asked, file)

    undone = undo(asked, made)

    assert undone.questions == ("D-06",)
    assert files_of(asked) == (file,)
    with asked.reading("focal") as ctx:
        found = draft_file(ctx, edition_id=EDITION, question_code="D-06", file_id=file.id)
        assert queries.file_bytes(ctx.session, "AF01") > 0
    assert found.content == CONTENT


NEXT_ACTS = {
    "a save": lambda round_: round_.save("D1", {"D-05": Answer(choice=("seminar",))}),
    "ready": lambda round_: round_.ready(),
    "an hour": lambda round_: service.destroy_removed_in_time(
        round_.world.database, NOW + timedelta(hours=1)
    ),
}


@pytest.mark.parametrize("act", NEXT_ACTS)
def test_a_removed_file_is_gone_from_the_database_with_the_next_act_or_in_an_hour(filled, act):
    made = remove(filled, add(filled))
    filled_before = pieces(filled)

    assert service.destroy_removed_in_time(filled.world.database, NOW + timedelta(minutes=59)) == 0
    assert filled_before > 0
    NEXT_ACTS[act](filled)

    assert pieces(filled) == 0
    if act != "ready":
        assert undo(filled, made).lost == ("D-06",)
        assert files_of(filled) == ()


def test_a_removed_file_goes_with_the_keys_of_a_renewed_circle(asked):
    people = {name: replace(person) for name, person in asked.world.people.items()}
    asked.world = replace(asked.world, people=people)
    remove(asked, add(asked))
    leaver = asked.world.people["signatory"].person_id
    with asked.acting("focal") as ctx:
        circles.renew_circle(ctx, state_circle("AF01"), removing=(leaver,))

    asked.save("D1", {"D-05": Answer(choice=("seminar",))})

    assert pieces(asked) == 0


def test_a_file_is_kept_undone_and_kept_again(asked):
    asked.edition = EARLIER
    asked.fill()
    file = add(asked)
    asked.submit()
    asked.edition = EDITION
    for _time in range(2):
        with asked.acting("focal") as ctx:
            made = keep_answer(ctx, edition_id=EDITION, question_code="D-06").made
        assert files_of(asked) == (file,)
        undo(asked, made)
        assert files_of(asked) == ()


def test_a_removed_file_is_put_back_and_destroyed_on_postgresql(round_on_postgresql):
    database = round_on_postgresql.world.database
    file = add(round_on_postgresql)
    undo(round_on_postgresql, remove(round_on_postgresql, file))
    assert files_of(round_on_postgresql) == (file,)
    remove(round_on_postgresql, file)

    assert service.destroy_removed_in_time(database, NOW + timedelta(1)) == 1

    assert pieces(round_on_postgresql) == 0


def test_adding_and_removing_a_file_leaves_a_complete_part_complete(asked):
    asked.fill()
    before = done_parts(asked)

    file = add(asked)
    with asked.acting("focal") as ctx:
        remove_file(ctx, edition_id=EDITION, question_code="D-06", file_id=file.id)

    assert "D1" in before
    assert done_parts(asked) == before


def test_another_states_file_is_not_found(asked):
    file = add(asked)

    with asked.reading("other_focal") as ctx, pytest.raises(NotFound):
        draft_file(ctx, edition_id=EDITION, question_code="D-06", file_id=file.id)


def test_a_question_without_files_takes_none(asked):
    with pytest.raises(NotFound):
        add(asked, code="A-05")


def test_saving_the_part_keeps_the_files(asked):
    add(asked)

    asked.save("D1", {"D-05": Answer(choice=("seminar",))})

    assert len(files_of(asked)) == 1


def test_a_submitted_file_is_read_by_whoever_reads_the_answer(asked):
    asked.fill()
    file = add(asked)
    submission = asked.submit()

    with asked.reading("officer") as ctx:
        row = service.submission_answers(
            ctx.session, (submission.id,), questions=("D-06",), audiences=(Audience.STATES,)
        )[0]
        assert service.submitted_file(ctx, row, file.id).content == CONTENT


def test_a_narrowed_file_is_no_longer_there_for_the_secretariat(asked):
    asked.fill()
    file = add(asked)
    submission = asked.submit()
    with asked.acting("focal") as ctx:
        service.narrow_answer(ctx, edition_id=EDITION, question_code="D-06")

    with asked.reading("court") as ctx:
        row = service.submission_answers(ctx.session, (submission.id,), questions=("D-06",))[0]
        assert service.submitted_file(ctx, row, file.id).content == CONTENT
    with asked.world.database.reading() as session:
        count = session.scalar(sa.select(sa.func.count()).select_from(StoredFile))
    assert count == 2  # the draft's and the Court's


def test_a_kept_file_is_sealed_into_this_years_draft(asked):
    asked.edition = EARLIER
    asked.fill()
    file = add(asked)
    asked.submit()
    asked.edition = EDITION

    with asked.acting("focal") as ctx:
        keep_answer(ctx, edition_id=EDITION, question_code="D-06")

    with asked.reading("focal") as ctx:
        found = draft_file(ctx, edition_id=EDITION, question_code="D-06", file_id=file.id)
    assert found.content == CONTENT


def test_no_plaintext_stands_in_the_database(asked):
    asked.fill()
    asked.save("A1", {"A-06": Answer(choice=("yes",)), "A-07": Answer(text="canary-words-55102")})
    asked.save("B2", {"B-10": Answer(text="canary-words-55102")})
    add(asked, name="canary-name-2291.pdf")
    asked.submit()
    asked.world.database.engine.dispose()

    content = Path(asked.world.database.engine.url.database).read_bytes()

    for canary in ("canary-words-55102", "canary-name-2291", "canary-in-a-file-93741"):
        assert canary.encode() not in content
        assert canary.encode("utf-16-le") not in content


def test_a_state_reads_the_files_it_submitted_and_no_other_does(asked):
    asked.fill()
    file = add(asked)
    submission = asked.submit()
    wanted = {"submission_id": submission.id, "question_code": "D-06", "file_id": file.id}

    with asked.reading("focal") as ctx:
        assert own_submitted_file(ctx, **wanted).content == CONTENT
    with asked.reading("other_focal") as ctx, pytest.raises(NotFound):
        own_submitted_file(ctx, **wanted)


def test_a_file_that_is_not_there_is_not_found(asked):
    asked.fill()
    file = add(asked)
    submission = asked.submit()

    with asked.acting("focal") as ctx:
        for code, file_id in (("D-06", submission.id), ("Z-99", file.id)):
            with pytest.raises(NotFound):
                own_submitted_file(
                    ctx, submission_id=submission.id, question_code=code, file_id=file_id
                )
        with pytest.raises(NotFound):
            remove_file(ctx, edition_id=EDITION, question_code="D-06", file_id=submission.id)
        with pytest.raises(NotFound):
            draft_file(ctx, edition_id=EDITION, question_code="D-06", file_id=submission.id)
