"""A response marked ready is read-only; reopening it is an act with a name, a time and a reason.

Source: design/answering.md 1. The reason is the State's own text: it is sealed, and no log has it.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.access.policy import Permission
from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.circles import service as circles
from cooperation.core.characters import clean_line
from cooperation.core.errors import Conflict, Invalid
from cooperation.core.failpoints import reach
from cooperation.core.text import _
from cooperation.editions.rules import text_problem
from cooperation.responses import queries
from cooperation.responses.drafting.service.frame import Frame, find_frame, open_draft
from cooperation.responses.drafting.service.writing import begin_draft, flush, log_response
from cooperation.responses.models import Reopening, Response
from cooperation.responses.rules import ResponseStatus
from cooperation.vault.encoding import length_prefixed

REASON_CHARACTERS = 300

_KIND, _FIELD = "reopening", "reason"


class NotMarkedReadyError(Conflict):
    """Somebody reopened the response already, or it was signed."""

    sentence = _("The response is not waiting for signature any more. Nothing was changed.")


class ReopeningStandsError(Conflict):
    """Something was done since the response was reopened, or somebody else has reopened it."""

    sentence = _(
        "The response has changed since it was reopened, so this cannot be undone. Look through it "
        "and mark it ready again."
    )


@dataclass(frozen=True)
class Reopened:
    """Who reopened the response, when, and why; the reason is blank where none was given."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True)
class ReadyMark:
    """Who marked the response ready and when, and the people who can reopen it."""

    at: datetime
    by: str
    reopeners: tuple[str, ...]


def reopen(ctx: RequestContext, *, edition_id: str, reason: str = "") -> int:
    """Make a response that waits for signature a draft again, and say so to its State.

    Returns the response's version, by which `undo_reopening` knows that nothing was done since.
    Raises `NotMarkedReadyError`; `Invalid` for a reason that is too long.
    """
    frame = find_frame(ctx, edition_id, Permission.REOPEN_RESPONSE, for_writing=True)
    response = frame.begun_row
    if response.status != ResponseStatus.READY:
        raise NotMarkedReadyError
    bundle_id, sealed = _seal(ctx, frame, _checked(reason))
    end_reopening(ctx, response)
    ctx.session.add(
        Reopening(
            response_id=response.id,
            reopened_at=ctx.now,
            reopened_by=ctx.actor.person_id,
            bundle_id=bundle_id,
            sealed_reason=sealed,
            ready_at=response.ready_at,
            ready_by=response.ready_by,
            ready_hash=response.ready_hash,
        )
    )
    response.status = ResponseStatus.DRAFTING
    response.ready_at = response.ready_by = response.ready_hash = None
    flush(ctx)
    reach("reopening.written")
    log_response(ctx, response, "response.returned")
    return response.version


def undo_reopening(ctx: RequestContext, *, edition_id: str, version: int) -> None:
    """Put the ready mark back as it was, for whoever has reopened the response.

    Only while nothing was done since: the response is of the `version` that reopening made, and
    its texts are those that were marked. Raises `ReopeningStandsError`.
    """
    frame = find_frame(ctx, edition_id, Permission.REOPEN_RESPONSE, for_writing=True)
    response = frame.begun_row
    row = queries.reopening_of(ctx.session, response.id)
    if row is None or row.reopened_by != ctx.actor.person_id or response.version != version:
        raise ReopeningStandsError
    if row.ready_hash is None or row.ready_hash != draft_hash(ctx, frame):
        raise ReopeningStandsError
    response.status = ResponseStatus.READY
    response.ready_at, response.ready_by = row.ready_at, row.ready_by
    response.ready_hash = row.ready_hash
    end_reopening(ctx, response)
    flush(ctx)
    reach("reopening.undone")
    log_response(ctx, response, "response.returning_undone")


def draft_hash(ctx: RequestContext, frame: Frame) -> bytes:
    """Return what the ready mark is bound to: each sealed draft answer, and what was narrowed.

    Ciphertexts, because no unsalted hash of content is kept (design: vault).
    """
    fields: list[bytes | str | int] = ["ready/1", frame.edition.id, frame.state_code]
    rows = queries.draft_rows(ctx.session, frame.begun.id, None)
    for row in sorted(rows, key=lambda each: each.question):
        fields += [row.question, row.version, sha256(row.sealed).digest()]
    narrowed = queries.narrowed_questions(ctx.session, frame.edition.id, frame.state_code)
    return sha256(length_prefixed(*fields, *sorted(narrowed))).digest()


def _checked(reason: str) -> str:
    line = clean_line(reason)
    problem = text_problem(line, REASON_CHARACTERS)
    if problem is not None:
        raise Invalid(errors=(("reason", problem),))
    return line


def _seal(ctx: RequestContext, frame: Frame, reason: str) -> tuple[str | None, bytes | None]:
    if not reason:
        return None, None
    _frame, bundle = begin_draft(ctx, frame, open_draft(ctx, frame))
    sealed = bundle.seal(
        kind=_KIND,
        code=_FIELD,
        version=int(ctx.now.timestamp()),
        field=_FIELD,
        content=reason.encode(),
        state=frame.state_code,
    )
    return bundle.id, sealed


def end_reopening(ctx: RequestContext, response: Response) -> None:
    """Forget who reopened the response: it is marked ready again, or reopened anew."""
    wanted = sa.delete(Reopening).where(Reopening.response_id == response.id)
    ctx.session.execute(wanted)


def reopened(ctx: RequestContext, frame: Frame) -> Reopened | None:
    """Return who reopened the response that is a draft now; nothing where nobody did."""
    if frame.response is None or not frame.begun_row.is_reopened:
        return None
    row = queries.reopening_of(ctx.session, frame.response.id)
    if row is None:
        return None
    name = accounts.person_name(ctx.session, ctx.root, row.reopened_by)
    return Reopened(row.reopened_at, name, _reason(ctx, frame, row))


def _reason(ctx: RequestContext, frame: Frame, row: Reopening) -> str:
    """Return the reason; blank where none was given, or where it is lost with the last member."""
    if row.sealed_reason is None or row.bundle_id is None:
        return ""
    bundle = circles.open_left(ctx, (row.bundle_id,)).get(row.bundle_id)
    if bundle is None:
        return ""
    return bundle.open(
        row.sealed_reason,
        kind=_KIND,
        code=_FIELD,
        version=int(row.reopened_at.timestamp()),
        field=_FIELD,
        state=frame.state_code,
    ).decode()


def ready_mark(ctx: RequestContext, frame: Frame) -> ReadyMark | None:
    """Return the mark of a response that waits for signature; nothing for any other."""
    if not frame.is_ready or frame.begun.ready_at is None or frame.begun.ready_by is None:
        return None
    deciding = {Role.FOCAL_POINT, Role.SIGNATORY}
    people = [each for each in accounts.colleagues(ctx) if each.is_active]
    return ReadyMark(
        frame.begun.ready_at,
        accounts.person_name(ctx.session, ctx.root, frame.begun.ready_by),
        tuple(each.name for each in people if deciding & set(each.roles)),
    )
