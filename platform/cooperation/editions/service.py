"""Use cases of editions: prepare, change, open, close; read what is asked of whom."""

from datetime import date

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import Permission
from cooperation.access.rules import Institution
from cooperation.accounts import service as accounts
from cooperation.audit import service as audit
from cooperation.core.db import Session
from cooperation.core.errors import Conflict, Invalid, NotAllowed, NotFound
from cooperation.core.text import Text, _
from cooperation.editions import queries, schema
from cooperation.editions.models import EditionParticipantRow, EditionRow, QuestionnaireRow
from cooperation.editions.rules import (
    Edition,
    EditionStatus,
    Participant,
    Questionnaire,
    dates_problems,
    is_second_person,
    opening_gaps,
)
from cooperation.register import service as register

_FROZEN = "editions.participants"
_loaded: dict[str, Questionnaire] = {}
"""Stored questionnaires that this process has read and checked, by hash."""


class EditionExistsError(Conflict):
    """The year has an edition."""

    sentence = _("There is an edition for this year already.")


class EditionNotPreparedError(Conflict):
    """The edition is past its preparation."""

    sentence = _("This edition has been opened; its days, States and questions are fixed.")


class EditionNotOpenError(Conflict):
    """The edition is not open."""

    sentence = _("This edition is not open.")


class SecondPersonNeededError(NotAllowed):
    """The two-person rule: who prepared may not open."""

    sentence = _("Another person than the one who prepared the edition must open it.")


def edition(session: Session, edition_id: str) -> Edition:
    """Return an edition; raises `NotFound`."""
    return queries.edition(session, edition_id)


def editions(session: Session) -> list[Edition]:
    """Return all editions, latest year first."""
    return queries.editions_where(session)


def current(session: Session) -> Edition | None:
    """Return the edition that is open, else the latest that was, else the latest prepared one."""
    found = editions(session)
    for status in (EditionStatus.OPEN, EditionStatus.CLOSED, EditionStatus.PREPARED):
        for each in found:
            if each.status is status:
                return each
    return None


def previous(session: Session, edition_id: str) -> Edition | None:
    """Return the latest edition of an earlier year that was opened, if there is one."""
    earlier = EditionRow.id < edition_id
    was_opened = EditionRow.status != EditionStatus.PREPARED
    return next(iter(queries.editions_where(session, earlier, was_opened)), None)


def participants(session: Session, edition_id: str) -> list[Participant]:
    """Return the States by name: frozen ones, or before the opening those of the register."""
    frozen: dict[str, list[Participant]] = session.info.setdefault(_FROZEN, {})
    if edition_id in frozen:  # a page asks several times; they never change
        return list(frozen[edition_id])
    found = edition(session, edition_id)
    if found.is_frozen:
        frozen[edition_id] = queries.frozen_participants(session, edition_id)
        return list(frozen[edition_id])
    parties = register.parties_on(session, found.opens_on)
    return [Participant(state.code, state.name, state.group) for state in parties]


def questionnaire(session: Session, edition_id: str) -> Questionnaire:
    """Return what the edition asks; read from the database once for each process.

    Raises `NotFound`; `QuestionnaireFileError` where the stored bytes do not match their hash.
    """
    return _by_hash(session, queries.questionnaire_hash(session, edition_id))


def questionnaire_of(session: Session, found: Edition) -> Questionnaire:
    """Return what an edition asks that has been read already; raises as `questionnaire`."""
    return _by_hash(session, found.questionnaire_hash)


def _by_hash(session: Session, content_hash: str) -> Questionnaire:
    if content_hash not in _loaded:
        content = queries.questionnaire_content(session, content_hash)
        _loaded[content_hash] = schema.load_stored(content, content_hash=content_hash)
    return _loaded[content_hash]


def visible_editions(ctx: RequestContext) -> list[Edition]:
    """Return the editions that this person may know of: prepared ones only in the Secretariat."""
    require(ctx.actor, Permission.READ_EDITION)
    return [each for each in editions(ctx.session) if _is_visible(ctx, each)]


def visible_edition(ctx: RequestContext, edition_id: str) -> Edition:
    """Return an edition that this person may know of; raises `NotFound`."""
    require(ctx.actor, Permission.READ_EDITION)
    found = edition(ctx.session, edition_id)
    if not _is_visible(ctx, found):
        raise NotFound
    return found


def prepared_edition(ctx: RequestContext, edition_id: str) -> Edition:
    """Return an edition before its opening; raises `NotFound`, `EditionNotPreparedError`."""
    found = visible_edition(ctx, edition_id)
    if found.is_frozen:
        raise EditionNotPreparedError
    return found


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


def _is_visible(ctx: RequestContext, found: Edition) -> bool:
    return found.is_frozen or ctx.actor.institution is Institution.SECRETARIAT


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
    if ctx.session.get(EditionRow, str(year)) is not None:
        raise EditionExistsError
    row = EditionRow(id=str(year), status=EditionStatus.PREPARED)
    _fill(ctx, row, opens_on, deadline_on, questionnaire_version)
    ctx.session.add(row)
    _record(ctx, "edition.prepared", row)
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
    _check_dates(int(row.id), opens_on, deadline_on)
    _fill(ctx, row, opens_on, deadline_on, questionnaire_version)
    _record(ctx, "edition.changed", row)
    return edition(ctx.session, row.id)


def missing_before_opening(ctx: RequestContext, edition_id: str) -> tuple[Text, ...]:
    """Return what is missing before the edition can be opened now (reliability 1.4)."""
    require(ctx.actor, Permission.READ_EDITION)
    found = edition(ctx.session, edition_id)
    is_open = EditionRow.status == EditionStatus.OPEN
    return accounts.founding_state(ctx.session).missing + opening_gaps(
        found,
        today=ctx.now.date(),
        participants=len(participants(ctx.session, edition_id)),
        has_open_edition=bool(queries.editions_where(ctx.session, is_open)),
    )


def open_edition(ctx: RequestContext, edition_id: str) -> Edition:
    """Open an edition: States, groups and questionnaire are fixed from now on.

    Raises `NotFound`, `EditionNotPreparedError`, `SecondPersonNeededError`; `Invalid` with what is
    missing.
    """
    require(ctx.actor, Permission.OPEN_EDITION)
    require_step_up(ctx.actor, Permission.OPEN_EDITION, ctx.now)
    row = queries.edition_row(ctx.session, edition_id)
    if row.status != EditionStatus.PREPARED:
        raise EditionNotPreparedError
    if not is_second_person(edition(ctx.session, edition_id), ctx.actor.person_id):
        raise SecondPersonNeededError
    missing = missing_before_opening(ctx, edition_id)
    if missing:
        sentence = _("The edition cannot be opened yet.")
        raise Invalid(sentence, tuple(("missing", line) for line in missing))
    questionnaire(ctx.session, edition_id)
    _freeze_participants(ctx.session, edition_id)
    row.status = EditionStatus.OPEN
    row.opened_by, row.opened_at = ctx.actor.person_id, ctx.now
    _record(ctx, "edition.opened", row)
    return edition(ctx.session, edition_id)


def close_edition(ctx: RequestContext, edition_id: str) -> Edition:
    """Close an edition: nothing can be submitted from now on; raises `EditionNotOpenError`."""
    require(ctx.actor, Permission.CLOSE_EDITION)
    require_step_up(ctx.actor, Permission.CLOSE_EDITION, ctx.now)
    row = queries.edition_row(ctx.session, edition_id)
    if row.status != EditionStatus.OPEN:
        raise EditionNotOpenError
    row.status = EditionStatus.CLOSED
    row.closed_by, row.closed_at = ctx.actor.person_id, ctx.now
    _record(ctx, "edition.closed", row)
    return edition(ctx.session, edition_id)


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


def _store_questionnaire(session: Session, version: str) -> str:
    stored = schema.load_version(version)
    content_hash = stored.questionnaire.content_hash
    if session.get(QuestionnaireRow, content_hash) is None:
        session.add(
            QuestionnaireRow(content_hash=content_hash, version=version, content=stored.content)
        )
        session.flush()
    return content_hash


def _freeze_participants(session: Session, edition_id: str) -> None:
    rows = [
        {
            "edition": edition_id,
            "state_code": state.state_code,
            "position": position,
            "name": state.name,
            "regional_group": state.group.value,
        }
        for position, state in enumerate(participants(session, edition_id))
    ]
    session.execute(sa.insert(EditionParticipantRow), rows)


def _record(ctx: RequestContext, action: str, row: EditionRow) -> None:
    """Log an act on the edition; the commitment is the hash of what is asked."""
    ctx.session.flush()
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action=action,
        at=ctx.now,
        edition=row.id,
        states="all",
        commitment=bytes.fromhex(row.questionnaire_hash),
    )
