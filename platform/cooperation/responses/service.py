"""Use cases of responses, the door of this slice.

The State's own work, for its home, the Secretariat's paper and the demonstration
    add_file, response_page, keep_everything, mark_ready, overview_page, save_part, signing_page,
    own_submission, submit_response

Other slices (they judge and log the reading of another institution's answers)
    submissions_of(ctx, edition_id) -> list[Submission]               latest of each State
    latest_submission(ctx, edition_id, state_code) -> Submission | None
    submissions_by_id(session, submission_ids) -> list[Submission]    oldest first
    submission_answers(session, submission_ids, questions=, audiences=) -> list[SubmittedAnswer]
    signed_for_states(session, submission_id) -> dict[question, commitment]   for any reader
    open_answers(ctx, rows) -> dict[(state, question), OpenedAnswer]  rows of one submission a State
    submitted_file(ctx, row, file_id, opened=None) -> Download
    signed_submissions(ctx, ids) -> dict[id, SignedSubmission]        those that verify
    progress(session, edition_id) -> list[Progress]
    narrow_answer(ctx, edition_id=, question_code=) -> None           logs "answer.narrowed"
    readable_rows(ctx, edition_id=) -> dict[question, SubmittedAnswer]    what can be narrowed
    destroy_removed_in_time(database, now) -> int                     the server's own job
    refuse_while_coming_back(ctx) -> None                             raises AnswersComingBackError
    ResponsePage: where the State's response stands
    NotSignedError: A submission or one of its answers is not what a signatory of the State
        signed
    NothingToKeepError: there is no answer of an earlier year, or it no longer fits the question
    Reopened: who reopened the response, when, and why; the reason is blank where none was given
    check_draft: check every version of the State's own draft answers, and the files of the
        present ones
    check_submitted: check every submitted answer of an edition that the person can open,
        corrections too
    seal_withheld: seal what is withheld to State and Court, as the State had decided; return
        how many
    withhold: withhold an answer of all the State's submissions in an edition; return how many
        records
"""

from cooperation.responses.drafting.service.answering import save_part
from cooperation.responses.drafting.service.files import add_file, submitted_file
from cooperation.responses.drafting.service.frame import (
    AnswersComingBackError,
    refuse_while_coming_back,
)
from cooperation.responses.drafting.service.keeping import NothingToKeepError, keep_everything
from cooperation.responses.drafting.service.overview import (
    ResponsePage,
    overview_page,
    response_page,
)
from cooperation.responses.drafting.service.reopening import Reopened
from cooperation.responses.signing.service.narrowing import narrow_answer, readable_rows
from cooperation.responses.signing.service.signing import mark_ready, signing_page, submit_response
from cooperation.responses.signing.service.verifying import check_draft, check_submitted
from cooperation.responses.signing.service.withholding import seal_withheld, withhold
from cooperation.responses.submitted.service.signed import NotSignedError, signed_submissions
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
    "AnswersComingBackError",
    "NotSignedError",
    "NothingToKeepError",
    "Reopened",
    "ResponsePage",
    "add_file",
    "check_draft",
    "check_submitted",
    "destroy_removed_in_time",
    "keep_everything",
    "latest_submission",
    "mark_ready",
    "narrow_answer",
    "open_answers",
    "overview_page",
    "own_submission",
    "progress",
    "readable_rows",
    "refuse_while_coming_back",
    "response_page",
    "save_part",
    "seal_withheld",
    "signed_for_states",
    "signed_submissions",
    "signing_page",
    "submission_answers",
    "submissions_by_id",
    "submissions_of",
    "submit_response",
    "submitted_file",
    "withhold",
]
