"""Preparing an edition, and changing it before it is opened."""

from datetime import date

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.audit import service as audit
from cooperation.core.db import Session
from cooperation.core.errors import Conflict, Invalid
from cooperation.core.failpoints import reach
from cooperation.core.ids import new_short_id
from cooperation.core.text import _
from cooperation.editions import queries, schema
from cooperation.editions.models import EditionRow, QuestionnaireRow
from cooperation.editions.rules import (
    COOPERATION,
    Edition,
    EditionStatus,
    dates_problems,
    opening_hash,
)
from cooperation.editions.service.reading import (
    EditionNotPreparedError,
    edition,
    editions,
    participants,
)


class EditionExistsError(Conflict):
    """The year has an edition."""

    sentence = _("There is an edition for this year already.")


def questionnaire_versions() -> tuple[str, ...]:
    """Return the versions that can be asked, newest first."""
    return schema.versions()


def next_free_year(ctx: RequestContext) -> int:
    """Return the first year from this one on that has no edition."""
    require(ctx.actor, Permission.PREPARE_EDITION)
    taken = {each.year for each in editions(ctx.session)}
    year = ctx.now.year
    while year in taken:
        year += 1
    return year


def prepare_edition(
    ctx: RequestContext,
    *,
    year: int,
    opens_on: date,
    deadline_on: date,
    questionnaire_version: str,
) -> Edition:
    """Prepare a year's edition; raises `Invalid`, `EditionExistsError`."""
    require(ctx.actor, Permission.PREPARE_EDITION)
    _check_dates(year, opens_on, deadline_on)
    audit.wait_for_turn(ctx.session)
    known = editions(ctx.session)
    if any(each.year == year for each in known):
        raise EditionExistsError
    row = EditionRow(
        id=_free_id(known),
        series=COOPERATION,
        year=year,
        follows=next((each.id for each in known if each.year < year), None),
        status=EditionStatus.PREPARED,
    )
    _fill(ctx, row, opens_on, deadline_on, questionnaire_version)
    ctx.session.add(row)
    _fix_hash(ctx, row)
    record_act(ctx, "edition.prepared", row)
    return edition(ctx.session, row.id)


def change_edition(
    ctx: RequestContext,
    edition_id: str,
    *,
    opens_on: date,
    deadline_on: date,
    questionnaire_version: str,
) -> Edition:
    """Change an edition before its opening; who changes it counts as the one who prepared it.

    Raises `NotFound`, `Invalid`, `EditionNotPreparedError`.
    """
    require(ctx.actor, Permission.PREPARE_EDITION)
    row = queries.edition_row(ctx.session, edition_id)
    if row.status != EditionStatus.PREPARED:
        raise EditionNotPreparedError
    _check_dates(row.year, opens_on, deadline_on)
    _fill(ctx, row, opens_on, deadline_on, questionnaire_version)
    _fix_hash(ctx, row)
    record_act(ctx, "edition.changed", row)
    return edition(ctx.session, row.id)


def _free_id(known: list[Edition]) -> str:
    taken = {each.id for each in known}
    while (found := new_short_id()) in taken:
        pass
    return found


def _check_dates(year: int, opens_on: date, deadline_on: date) -> None:
    errors = dates_problems(year, opens_on, deadline_on)
    if errors:
        raise Invalid(errors=errors)


def _fill(
    ctx: RequestContext, row: EditionRow, opens_on: date, deadline_on: date, version: str
) -> None:
    if version not in schema.versions():
        raise Invalid(errors=(("questionnaire_version", _("Choose a version from the list.")),))
    row.questionnaire_hash = _store_questionnaire(ctx.session, version)
    row.opens_on, row.deadline_on = opens_on, deadline_on
    row.prepared_by, row.prepared_at = ctx.actor.person_id, ctx.now


def _fix_hash(ctx: RequestContext, row: EditionRow) -> None:
    """Bind what was prepared: a head opens exactly this, or somebody prepares it again."""
    ctx.session.flush()
    reach("edition.stored")
    row.prepared_hash = exact_hash(ctx.session, edition(ctx.session, row.id))


def exact_hash(session: Session, found: Edition) -> bytes:
    """Return the hash of what opening this edition now would fix."""
    return opening_hash(found, participants(session, found.id))


def _store_questionnaire(session: Session, version: str) -> str:
    stored = schema.load_version(version)
    content_hash = stored.questionnaire.content_hash
    if session.get(QuestionnaireRow, content_hash) is None:
        session.add(
            QuestionnaireRow(content_hash=content_hash, version=version, content=stored.content)
        )
        session.flush()
    return content_hash


def record_act(
    ctx: RequestContext, action: str, row: EditionRow, *, commitment: bytes | None = None
) -> None:
    """Log an act on the edition; the commitment is the hash of what was prepared, or the given."""
    ctx.session.flush()
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action=action,
        at=ctx.now,
        edition=row.id,
        states="all",
        commitment=commitment or row.prepared_hash or bytes.fromhex(row.questionnaire_hash),
    )
