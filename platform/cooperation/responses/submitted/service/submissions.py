"""Submissions as other slices read them: heads, sealed rows, opened answers, progress.

The audience is a matter of the bundles: whoever asks for rows that her circles cannot open gets
`CannotOpen`. Reading another institution's answers is logged by the caller, once a page or export.
"""

from collections.abc import Collection, Mapping, Sequence

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.access.rules import Actor
from cooperation.circles import service as circles
from cooperation.circles.service import OpenBundle
from cooperation.core.db import Session
from cooperation.core.errors import NotFound
from cooperation.core.row_scope import heads_of_submissions
from cooperation.editions import service as editions
from cooperation.responses import models, queries
from cooperation.responses.rules import (
    Audience,
    ConsentSettings,
    OpenedAnswer,
    Progress,
    ResponseStatus,
    Submission,
    SubmittedAnswer,
)
from cooperation.responses.submitted.service.records import (
    ANSWER_FIELD,
    SUBMITTED_KIND,
    opened_answer,
)
from cooperation.responses.submitted.service.signed import check_opened, check_signed


def submission_of(row: models.Submission) -> Submission:
    """Return the head of a submission from its row."""
    return Submission(
        id=row.id,
        edition=row.edition_id,
        state_code=row.state_code,
        number=row.number,
        submitted_at=row.submitted_at,
        is_late=row.is_late,
        settings=ConsentSettings(row.consent, row.directory, row.figures),
        root=row.root,
        submitted_by=row.submitted_by,
        prepared_by=row.prepared_by,
    )


def submissions_of(ctx: RequestContext, edition_id: str) -> list[Submission]:
    """Return the latest submission of each State in an edition, in order of State."""
    with heads_of_submissions(ctx.session):
        rows = queries.latest_submissions(ctx.session, edition_id)
    return [submission_of(row) for row in rows]


def latest_submission(ctx: RequestContext, edition_id: str, state_code: str) -> Submission | None:
    """Return a State's latest submission in an edition; for a State's person her own only."""
    if ctx.actor.state_code not in {None, state_code}:
        raise NotFound
    row = queries.latest_submission(ctx.session, state_code, edition_id)
    return None if row is None else submission_of(row)


def submissions_by_id(session: Session, submission_ids: Collection[str]) -> list[Submission]:
    """Return the heads of submissions, oldest first."""
    with heads_of_submissions(session):
        rows = queries.submissions_by_id(session, submission_ids)
    return sorted((submission_of(row) for row in rows), key=lambda each: each.submitted_at)


def own_submission(ctx: RequestContext, submission_id: str) -> Submission:
    """Return a submission of the actor's own State; any other raises `NotFound`."""
    require(ctx.actor, Permission.READ_OWN_RESPONSE)
    row = ctx.session.get(models.Submission, submission_id)
    if row is None or row.state_code != ctx.actor.state_code:
        raise NotFound
    return submission_of(row)


def submission_answers(
    session: Session,
    submission_ids: Collection[str],
    *,
    questions: Collection[str] | None = None,
    audiences: Collection[Audience] | None = None,
) -> list[SubmittedAnswer]:
    """Return the sealed rows of submissions, of all questions and audiences or of those named."""
    return queries.answer_rows(session, submission_ids, questions=questions, audiences=audiences)


def signed_for_states(session: Session, submission_id: str) -> dict[str, bytes]:
    """Return the commitments of a submission's answers for the States Parties, by question."""
    with heads_of_submissions(session):
        return queries.commitments(session, submission_id, Audience.STATES)


def open_answers(
    ctx: RequestContext, rows: Sequence[SubmittedAnswer]
) -> dict[tuple[str, str], OpenedAnswer]:
    """Return the opened answers by State and question; raises `CannotOpen`, `NotSignedError`.

    The rows must be of one submission per State. What the reader's circle lost when it was founded
    again, and nobody has granted it since, is left out; so is what its State narrowed before a
    restore and has not sealed again.
    """
    check_signed(
        ctx, [(row.submission_id, row.state_code, row.question, row.commitment) for row in rows]
    )
    mine = [row for row in rows if not is_withheld_from(ctx.actor, row)]
    bundles = circles.open_left(ctx, sorted({row.bundle_id for row in mine}))
    rows = [row for row in mine if row.bundle_id in bundles]
    answers = open_rows(bundles, rows)
    check_opened(rows, answers)
    return {
        (row.state_code, row.question): answer for row, answer in zip(rows, answers, strict=True)
    }


def is_withheld_from(actor: Actor, row: SubmittedAnswer) -> bool:
    """Tell whether a restore brought the record back that its State had taken from this person."""
    return row.is_withheld and not actor.is_of_state(row.state_code)


def open_rows(
    bundles: Mapping[str, OpenBundle], rows: Sequence[SubmittedAnswer]
) -> list[OpenedAnswer]:
    """Return the opened answers in the order of the rows, a bundle at a time."""
    by_bundle: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        by_bundle.setdefault(row.bundle_id, []).append(place)
    found: dict[int, bytes] = {}
    for bundle_id, places in by_bundle.items():
        items = (_sealed(rows[place]) for place in places)
        contents = bundles[bundle_id].open_many(items, kind=SUBMITTED_KIND, field=ANSWER_FIELD)
        found.update(zip(places, contents, strict=True))
    return [opened_answer(found[place]) for place in range(len(rows))]


def _sealed(row: SubmittedAnswer) -> tuple[str, int, str, bytes]:
    return (row.question, row.version, row.state_code, row.sealed)


def progress(session: Session, edition_id: str) -> list[Progress]:
    """Return how far each participant of an edition is, in order of State; opens nothing."""
    rows = {row[0]: row for row in queries.progress_rows(session, edition_id)}
    with heads_of_submissions(session):
        submitted = queries.submitted_states(session, edition_id)
    found: list[Progress] = []
    for participant in editions.participants(session, edition_id):
        code = participant.state_code
        if code not in rows:
            found.append(Progress(code, ResponseStatus.NOT_STARTED, 0, None))
            continue
        _code, status, done_parts, saved_at = rows[code]
        shown = ResponseStatus.SUBMITTED if code in submitted else ResponseStatus(status)
        found.append(Progress(code, shown, len(done_parts.split()), saved_at))
    return sorted(found, key=lambda each: each.state_code)
