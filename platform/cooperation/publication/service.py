"""Use cases of publication.

Batches (Secretariat)
    open_desk(ctx, edition_id) -> Desk                     what is ready, what waits, all batches
    find_batch(ctx, proposal_id) -> Batch                  with its exact list
    propose(ctx, edition_id, *, state_codes) -> str        raises Invalid (field "states")
    withdraw_proposal(ctx, proposal_id) -> None
    publish(ctx, proposal_id, *, shown_hash) -> Batch      head, another person, step-up
        raises SecondPersonNeededError, ProposalClosedError, ProposalVoidError
The State
    own_answers(ctx, edition_id) -> OwnAnswers             where each answer stands
    release(ctx, edition_id, *, questions) -> int          raises Invalid (field "questions")
    find_narrowing(ctx, edition_id, question_code) -> NarrowingFacts
    narrow(ctx, edition_id, question_code) -> None         step-up
    submitted_editions(ctx) -> list[str]   in which the State has submitted, latest first
    find_readers(ctx, edition_id, *, question, institution, until) -> Readers   who opened them
    count_readers(ctx, own_answers) -> dict[question, Opened]
    compare_own(ctx, edition_id) -> Comparison | None     what readers find, with what was signed
    export_readers(ctx, edition_id, *, question, institution) -> Download
Taking back what was published in error (Secretariat)
    retraction_facts(ctx, edition_id, state_code, question) -> RetractionFacts
    propose_retraction(ctx, edition_id, state_code, question, *, reason) -> str
    RETRACTING                                             the act, for the shell
Readers
    list_states(ctx, edition_id) -> list[PublishedState]   opens nothing
    read_state(ctx, edition_id, state_code) -> StatePage   one log entry
    read_question(ctx, edition_id, question_code) -> QuestionPage
    export_answers(ctx, edition_id, *, state_code=None, question_code=None) -> Download   step-up
    export_proofs(ctx, edition_id, *, state_code=None, question_code=None) -> Download  step-up
    download_file(ctx, edition_id, state_code, question_code, file_id) -> Download
For figures and benches
    open_published(ctx, edition_id) -> list[(State, question, plain bytes)]    a whole edition
    collect_answers(ctx, edition_id, *, state_code=None, questions=(), with_confidential)
        -> dict[(State, question), ReadAnswer]; logs nothing
    reads_for_court(ctx) -> bool
"""

from cooperation.core.downloads import Download
from cooperation.publication.batches.service.proposing import (
    Batch,
    Desk,
    ProposalClosedError,
    ProposalVoidError,
    ReadyState,
    SecondPersonNeededError,
    find_batch,
    open_desk,
    propose,
    publish,
    withdraw_proposal,
)
from cooperation.publication.batches.service.restoring import (
    retract_again,
    unpublish_again,
    void_proposal_again,
)
from cooperation.publication.batches.service.retracting import (
    RETRACTING,
    RetractionFacts,
    TakenBack,
    propose_retraction,
    retraction_facts,
)
from cooperation.publication.own.service.narrowing import NarrowingFacts, find_narrowing, narrow
from cooperation.publication.own.service.own import OwnAnswer, OwnAnswers, own_answers, release
from cooperation.publication.own.service.read_by import (
    Opened,
    Readers,
    ReadersChoice,
    count_readers,
    export_readers,
    find_readers,
    readers_choice,
    submitted_editions,
)
from cooperation.publication.reading.service.collecting import (
    ReadAnswer,
    Source,
    collect_answers,
    open_published,
    reads_for_court,
)
from cooperation.publication.reading.service.comparing import Comparison, compare_own
from cooperation.publication.reading.service.exporting import download_file, export_answers
from cooperation.publication.reading.service.proving import NoCheckpointError, export_proofs
from cooperation.publication.reading.service.reading import (
    PublishedState,
    QuestionPage,
    StatePage,
    list_states,
    read_question,
    read_state,
)
from cooperation.publication.reading.service.verifying import check_published

__all__ = [
    "RETRACTING",
    "Batch",
    "Comparison",
    "Desk",
    "Download",
    "NarrowingFacts",
    "NoCheckpointError",
    "Opened",
    "OwnAnswer",
    "OwnAnswers",
    "ProposalClosedError",
    "ProposalVoidError",
    "PublishedState",
    "QuestionPage",
    "ReadAnswer",
    "Readers",
    "ReadersChoice",
    "ReadyState",
    "RetractionFacts",
    "SecondPersonNeededError",
    "Source",
    "StatePage",
    "TakenBack",
    "check_published",
    "collect_answers",
    "compare_own",
    "count_readers",
    "download_file",
    "export_answers",
    "export_proofs",
    "export_readers",
    "find_batch",
    "find_narrowing",
    "find_readers",
    "list_states",
    "narrow",
    "open_desk",
    "open_published",
    "own_answers",
    "propose",
    "propose_retraction",
    "publish",
    "read_question",
    "read_state",
    "readers_choice",
    "reads_for_court",
    "release",
    "retract_again",
    "retraction_facts",
    "submitted_editions",
    "unpublish_again",
    "void_proposal_again",
    "withdraw_proposal",
]
