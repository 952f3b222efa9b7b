"""A text that was published stays the State's to take back, whatever it has submitted since."""

from datetime import timedelta

import pytest

from cooperation.core.errors import NotFound
from cooperation.editions.rules import Answer
from cooperation.publication import service
from cooperation.publication.own.service.narrowing import find_narrowing
from cooperation.publication.own.service.own import OwnAnswer
from tests.fixtures.circles import NOW
from tests.fixtures.publication import STATE, Office
from tests.fixtures.responses import EDITION

CODE = "A-07"


def correct(office: Office, answer: Answer, **marks: str) -> None:
    office.round.save("A1", {CODE: answer}, **marks)
    office.submission = office.round.submit(NOW + timedelta(minutes=1))


def own(office: Office) -> OwnAnswer:
    with office.round.reading("focal") as ctx:
        found = service.own_answers(ctx, EDITION)
    return next(each for each in found.answers if each.question.code == CODE)


@pytest.mark.parametrize("case", ["marked since", "emptied since"])
def test_the_published_text_can_be_narrowed(published: Office, case: str) -> None:
    if case == "marked since":
        correct(published, Answer(text="For the Court"), A_07="court")
    else:
        correct(published, Answer())

    assert own(published).can_be_narrowed
    with published.round.reading("focal") as ctx:
        facts = find_narrowing(ctx, EDITION, CODE)
    assert not facts.is_narrowed
    assert facts.opened.answer.text == "=Who sits in it"

    with published.round.acting("focal") as ctx:
        service.narrow(ctx, EDITION, CODE)

    assert not own(published).can_be_narrowed
    with published.round.acting("other_focal") as ctx:
        page = service.read_state(ctx, EDITION, STATE)
    found = {question.code: read for _part, pairs in page.parts for question, read in pairs}[CODE]
    assert found is not None
    assert not found.has_content


def test_readers_do_not_learn_that_an_answer_was_marked_since(published: Office) -> None:
    correct(published, Answer(text="For the Court"), A_07="court")

    with published.round.acting("other_focal") as ctx:
        page = service.read_state(ctx, EDITION, STATE)

    assert CODE not in page.corrected


def test_what_nobody_can_read_cannot_be_narrowed(submitted: Office) -> None:
    with submitted.round.reading("focal") as ctx:
        assert find_narrowing(ctx, EDITION, "A-05").is_narrowed
        with pytest.raises(NotFound):
            find_narrowing(ctx, EDITION, "B-09")
