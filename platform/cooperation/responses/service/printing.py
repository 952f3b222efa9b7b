"""A submission as a sealed PDF, for its own State (design: reliability 2)."""

from cooperation.access.context import RequestContext
from cooperation.editions import service as editions
from cooperation.responses.service.submissions import own_submission
from cooperation.typeset.submission import SubmissionPrint, compile_submission


def submission_pdf(ctx: RequestContext, submission_id: str) -> bytes:
    """Return a submission of the own State as a sealed PDF; raises `NotFound`.

    The caller has judged the step-up and logs the reading.
    """
    submission = own_submission(ctx, submission_id)
    participants = editions.participants(ctx.session, submission.edition)
    names = {each.state_code: each.name for each in participants}
    printed = SubmissionPrint(
        language="en",
        year=editions.edition(ctx.session, submission.edition).year,
        number=f"{submission.edition}/{submission.state_code}/{submission.number}",
        state=names[submission.state_code],
        dated_on=submission.submitted_at.date(),
        root=submission.root.hex(),
    )
    return compile_submission(printed).content
