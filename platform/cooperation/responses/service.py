"""Use cases of responses, the door of this slice.

The State's own pages
    current_edition(ctx), home_state, open_part, save_part, keep_answer, keep_part, keep_everything,
    offers_keeping, undo_answers, overview_state, open_files, add_file, remove_file, draft_file,
    signing_state, mark_ready, reopen, undo_reopening, submit_response, own_submission,
    own_submitted_file
    submission_pdf(ctx, submission_id) -> bytes                       sealed; the caller logs
    print_submission(ctx, submission_id) -> Download                  the same, logged
    signs_with_passkey, prepare_signing, signing_question, submit_with_passkey
    receipt_state(ctx, submission_id) -> ReceiptState, make_receipt(ctx, submission_id) -> Download,
    receipt_name(ctx, submission) -> str; reference(ctx, submission, mark="/") -> str

Other slices (they judge and log the reading of another institution's answers)
    submissions_of(ctx, edition_id) -> list[Submission]               latest of each State
    latest_submission(ctx, edition_id, state_code) -> Submission | None
    submissions_by_id(session, submission_ids) -> list[Submission]    oldest first
    submission_answers(session, submission_ids, questions=, audiences=) -> list[SubmittedAnswer]
    signed_for_states(session, submission_id) -> dict[question, commitment]   for any reader
    open_answers(ctx, rows) -> dict[(state, question), OpenedAnswer]  rows of one submission a State
    submitted_file(ctx, row, file_id, opened=None) -> Download
    check_signed(ctx, items, edition_id=None) -> None                 raises NotSignedError
    signed_submissions(ctx, ids) -> dict[id, SignedSubmission]        those that verify
    progress(session, edition_id) -> list[Progress]
    narrow_answer(ctx, edition_id=, question_code=) -> None           logs "answer.narrowed"
    readable_rows(ctx, edition_id=) -> dict[question, SubmittedAnswer]    what can be narrowed
    destroy_removed_in_time(database, now) -> int                     the server's own job
    refuse_while_coming_back(ctx) -> None                             raises AnswersComingBackError
"""

from cooperation.responses.drafting.service.answering import (
    EarlierAnswer,
    PartState,
    QuestionState,
    SaveResult,
    open_part,
    save_part,
)
from cooperation.responses.drafting.service.files import (
    FilesState,
    add_file,
    draft_file,
    open_files,
    own_submitted_file,
    remove_file,
    submitted_file,
)
from cooperation.responses.drafting.service.frame import (
    AnswersComingBackError,
    EditionClosedError,
    Frame,
    ResponseReadyError,
    refuse_while_coming_back,
)
from cooperation.responses.drafting.service.keeping import (
    AnsweredThisYearError,
    Kept,
    NothingToKeepError,
    keep_answer,
    keep_everything,
    keep_part,
    offers_keeping,
)
from cooperation.responses.drafting.service.overview import (
    HomeState,
    OverviewState,
    PartAnswers,
    PartProgress,
    current_edition,
    has_part,
    home_state,
    overview_state,
    part_list,
    state_name,
)
from cooperation.responses.drafting.service.reopening import (
    REASON_CHARACTERS,
    NotMarkedReadyError,
    ReadyMark,
    Reopened,
    ReopeningStandsError,
    ready_mark,
    reopen,
    reopened,
    undo_reopening,
)
from cooperation.responses.drafting.service.undoing import Undone, undo_answers
from cooperation.responses.signing.service.approving import (
    SigningOver,
    SigningQuestion,
    prepare_signing,
    signing_question,
    submit_with_passkey,
)
from cooperation.responses.signing.service.narrowing import (
    AlreadyNarrowError,
    narrow_answer,
    readable_rows,
)
from cooperation.responses.signing.service.signing import (
    NothingNewError,
    NotReadyError,
    SigningState,
    mark_ready,
    signing_state,
    signs_with_passkey,
    submit_response,
)
from cooperation.responses.signing.service.verifying import check_draft, check_submitted
from cooperation.responses.signing.service.withholding import seal_withheld, withhold
from cooperation.responses.submitted.service.printing import (
    print_submission,
    reference,
    submission_pdf,
)
from cooperation.responses.submitted.service.receipt import (
    NoReceiptError,
    NotInCheckpointError,
    ReceiptState,
    make_receipt,
    receipt_name,
    receipt_state,
)
from cooperation.responses.submitted.service.signed import (
    NotSignedError,
    check_signed,
    signed_submissions,
)
from cooperation.responses.submitted.service.storage import destroy_removed_in_time
from cooperation.responses.submitted.service.submissions import (
    latest_submission,
    open_answers,
    own_submission,
    progress,
    signed_for_states,
    submission_answers,
    submissions_by_id,
    submissions_of,
)

__all__ = [
    "REASON_CHARACTERS",
    "AlreadyNarrowError",
    "AnsweredThisYearError",
    "AnswersComingBackError",
    "EarlierAnswer",
    "EditionClosedError",
    "FilesState",
    "Frame",
    "HomeState",
    "Kept",
    "NoReceiptError",
    "NotInCheckpointError",
    "NotMarkedReadyError",
    "NotReadyError",
    "NotSignedError",
    "NothingNewError",
    "NothingToKeepError",
    "OverviewState",
    "PartAnswers",
    "PartProgress",
    "PartState",
    "QuestionState",
    "ReadyMark",
    "ReceiptState",
    "Reopened",
    "ReopeningStandsError",
    "ResponseReadyError",
    "SaveResult",
    "SigningOver",
    "SigningQuestion",
    "SigningState",
    "Undone",
    "add_file",
    "check_draft",
    "check_signed",
    "check_submitted",
    "current_edition",
    "destroy_removed_in_time",
    "draft_file",
    "has_part",
    "home_state",
    "keep_answer",
    "keep_everything",
    "keep_part",
    "latest_submission",
    "make_receipt",
    "mark_ready",
    "narrow_answer",
    "offers_keeping",
    "open_answers",
    "open_files",
    "open_part",
    "overview_state",
    "own_submission",
    "own_submitted_file",
    "part_list",
    "prepare_signing",
    "print_submission",
    "progress",
    "readable_rows",
    "ready_mark",
    "receipt_name",
    "receipt_state",
    "reference",
    "refuse_while_coming_back",
    "remove_file",
    "reopen",
    "reopened",
    "save_part",
    "seal_withheld",
    "signed_for_states",
    "signed_submissions",
    "signing_question",
    "signing_state",
    "signs_with_passkey",
    "state_name",
    "submission_answers",
    "submission_pdf",
    "submissions_by_id",
    "submissions_of",
    "submit_response",
    "submit_with_passkey",
    "submitted_file",
    "undo_answers",
    "undo_reopening",
    "withhold",
]
