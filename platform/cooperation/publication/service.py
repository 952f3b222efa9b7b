"""Use cases of publication.

Batches (Secretariat)
    find_desk(ctx, edition_id) -> Desk                     what is ready, what waits, all batches
    propose(ctx, edition_id, *, state_codes) -> str        raises Invalid (field "states")
    PUBLISHING                                             the act, for the shell
The State
    own_answers(ctx, edition_id) -> OwnAnswers             where each answer stands
    release(ctx, edition_id, *, questions) -> int          raises Invalid (field "questions")
    narrow(ctx, edition_id, question_code) -> None         step-up
    count_readers(ctx, own_answers) -> dict[question, Opened]
Taking back what was published in error (Secretariat)
    RETRACTING                                             the act, for the shell
Readers
    list_states(ctx, edition_id) -> list[PublishedState]   opens nothing
    read_state(ctx, edition_id, state_code) -> StatePage   one log entry
For figures and benches
    collect_answers(ctx, edition_id, *, state_code=None, questions=(), with_confidential)
        -> dict[(State, question), ReadAnswer]; logs nothing
    reads_for_court(ctx) -> bool
    Source: by which right an answer is read
    check_published: check every published answer of an edition against what its State signed
    retract_again: destroy what was published in error, and close the proposal to take it back
    unpublish_again: destroy what was published of a narrowed answer; open batches that hold it
        are void
"""

from cooperation.publication.batches.service.proposing import (
    PUBLISHING,
    Desk,
    find_desk,
    propose,
)
from cooperation.publication.batches.service.restoring import (
    retract_again,
    unpublish_again,
)
from cooperation.publication.batches.service.retracting import RETRACTING
from cooperation.publication.own.service.narrowing import narrow
from cooperation.publication.own.service.own import OwnAnswers, own_answers, release
from cooperation.publication.reading.service.collecting import (
    ReadAnswer,
    Source,
    collect_answers,
    reads_for_court,
)
from cooperation.publication.reading.service.reading import PublishedState, list_states, read_state
from cooperation.publication.reading.service.verifying import check_published

__all__ = [
    "PUBLISHING",
    "RETRACTING",
    "Desk",
    "OwnAnswers",
    "PublishedState",
    "ReadAnswer",
    "Source",
    "check_published",
    "collect_answers",
    "find_desk",
    "list_states",
    "narrow",
    "own_answers",
    "propose",
    "read_state",
    "reads_for_court",
    "release",
    "retract_again",
    "unpublish_again",
]
