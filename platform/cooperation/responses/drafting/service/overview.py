"""The State's home and the list of all its answers."""

from dataclasses import dataclass
from datetime import datetime

from cooperation.access.context import RequestContext
from cooperation.access.policy import Permission
from cooperation.circles import service as circles
from cooperation.core.errors import NotFound
from cooperation.editions import service as editions
from cooperation.editions.rules import Edition, Part, days_left
from cooperation.responses import queries
from cooperation.responses.drafting.service.answering import QuestionEntry, draft_state
from cooperation.responses.drafting.service.frame import (
    Frame,
    find_frame,
    open_draft,
    parts_without_gaps,
)
from cooperation.responses.drafting.service.reopening import Reopened, reopened
from cooperation.responses.rules import (
    ConsentSettings,
    Gap,
    PartStatus,
    ResponseStatus,
    Submission,
    gaps_in,
    part_status,
)
from cooperation.responses.submitted.service.submissions import submission_of


@dataclass(frozen=True)
class PartProgress:
    """A part in the task list."""

    part: Part
    status: PartStatus


@dataclass(frozen=True)
class ResponsePage:
    """Where the State's response stands.

    `is_coming_back`: the State was founded again, and others still give its answers back.
    """

    frame: Frame
    parts: tuple[PartProgress, ...]
    submissions: tuple[Submission, ...]
    days_left: int
    has_earlier: bool
    is_coming_back: bool = False
    reopened: Reopened | None = None

    @property
    def status(self) -> ResponseStatus:
        """Where the draft stands, whatever was submitted before."""
        response = self.frame.response
        return response.status if response else ResponseStatus.NOT_STARTED

    @property
    def parts_done(self) -> int:
        """How many parts have no gaps."""
        return sum(each.status is PartStatus.DONE for each in self.parts)

    @property
    def next_part(self) -> Part | None:
        """The first part that is not done."""
        open_parts = (each.part for each in self.parts if each.status is not PartStatus.DONE)
        return next(open_parts, None)

    @property
    def saved_at(self) -> datetime | None:
        """When the draft was last saved."""
        return self.frame.response.saved_at if self.frame.response else None


@dataclass(frozen=True)
class PartAnswers:
    """A part in the overview."""

    part: Part
    questions: tuple[QuestionEntry, ...]


@dataclass(frozen=True)
class OverviewPage:
    """All answers of the draft, with what is still missing."""

    frame: Frame
    parts: tuple[PartAnswers, ...]
    gaps: tuple[Gap, ...]
    consent: ConsentSettings


def current_edition(ctx: RequestContext) -> Edition | None:
    """Return the edition that the State's pages open with, if one was opened yet."""
    edition = editions.current(ctx.session)
    return edition if edition is not None and edition.is_frozen else None


def part_list(ctx: RequestContext, frame: Frame) -> tuple[PartProgress, ...]:
    """Return the parts with their states; only for a lost draft is anything opened."""
    saved: frozenset[str] = frozenset()
    done = _done_parts(ctx, frame)
    if frame.response is not None:
        saved = queries.saved_questions(ctx.session, frame.response.id)
    return tuple(
        PartProgress(part, part_status(part, done=done, saved=saved))
        for part in frame.questionnaire.parts
    )


def _done_parts(ctx: RequestContext, frame: Frame) -> frozenset[str]:
    """Return the parts without gaps: of a lost draft by what was given back, counted anew."""
    if frame.response is None or circles.is_waiting_for_return(ctx):
        return frame.done_parts
    if not circles.lost_bundles(ctx, (frame.response.bundle_id,)):
        return frame.done_parts
    return parts_without_gaps(frame.questionnaire, open_draft(ctx, frame))


def response_page(ctx: RequestContext, *, edition_id: str) -> ResponsePage:
    """Return where the State's response stands; raises `NotFound`."""
    frame = find_frame(ctx, edition_id, Permission.READ_OWN_RESPONSE, opens_nothing=True)
    rows = queries.own_submissions(ctx.session, frame.edition.id, frame.state_code)
    is_coming_back = circles.is_waiting_for_return(ctx)
    return ResponsePage(
        frame=frame,
        parts=part_list(ctx, frame),
        submissions=tuple(submission_of(row) for row in rows),
        days_left=days_left(frame.edition, ctx.now),
        has_earlier=queries.latest_submission(ctx.session, frame.state_code, *frame.earlier)
        is not None,
        is_coming_back=is_coming_back,
        reopened=None if is_coming_back else reopened(ctx, frame),
    )


def overview_page(ctx: RequestContext, *, edition_id: str) -> OverviewPage:
    """Return all answers of the draft; raises `NotFound`."""
    frame = find_frame(ctx, edition_id, Permission.READ_OWN_RESPONSE)
    draft = open_draft(ctx, frame)
    state = draft_state(ctx, frame, draft)
    parts = tuple(
        PartAnswers(
            part,
            tuple(state.of(question) for question in part.questions),
        )
        for part in frame.questionnaire.parts
    )
    gaps = gaps_in(frame.questionnaire.questions, state.answers)
    return OverviewPage(frame, parts, gaps, state.consent)


def has_part(ctx: RequestContext, *, edition_id: str, part_code: str) -> bool:
    """Tell whether the questionnaire of an edition has a part."""
    parts = editions.questionnaire(ctx.session, edition_id).parts
    return any(part.code == part_code for part in parts)


def state_name(ctx: RequestContext, *, edition_id: str) -> str:
    """Return the name of the actor's State as the edition froze it; raises `NotFound`."""
    participants = editions.participants(ctx.session, edition_id)
    for participant in participants:
        if participant.state_code == ctx.actor.state_code:
            return participant.name
    raise NotFound
