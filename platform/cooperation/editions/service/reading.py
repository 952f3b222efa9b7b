"""Reading editions: which there are, what each asks of whom."""

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, require
from cooperation.access.policy import Permission
from cooperation.access.predicates import Target
from cooperation.core.db import Session
from cooperation.core.errors import Conflict, NotFound
from cooperation.core.text import _
from cooperation.editions import queries, schema
from cooperation.editions.rules import Edition, EditionStatus, Participant, Questionnaire
from cooperation.register import service as register

_FROZEN = "editions.participants"
_NAMES = "editions.names"
_loaded: dict[str, Questionnaire] = {}
"""Stored questionnaires that this process has read and checked, by hash."""


class EditionNotPreparedError(Conflict):
    """The edition is past its preparation."""

    sentence = _("This edition has been opened; its days, States and questions are fixed.")


def edition(session: Session, edition_id: str) -> Edition:
    """Return an edition; raises `NotFound`."""
    return queries.edition(session, edition_id)


def editions(session: Session) -> list[Edition]:
    """Return all editions, latest year first."""
    return queries.editions_where(session)


def edition_id(session: Session, name: str) -> str:
    """Return the id of the edition that an address names, by its year or its id.

    Raises `NotFound`.
    """
    for found, year in queries.years(session).items():
        if name in {found, str(year)}:
            return found
    raise NotFound


def edition_name(session: Session, edition_id: str) -> str:
    """Return what people call an edition: its year; an unknown one's id, such as of a lost one."""
    names: dict[str, str] = session.info.setdefault(_NAMES, {})
    if edition_id not in names:  # an id's year never changes
        names.update({found: str(year) for found, year in queries.years(session).items()})
    return names.get(edition_id, edition_id)


def current(session: Session) -> Edition | None:
    """Return the edition that is open, else the latest that was, else the latest prepared one."""
    found = editions(session)
    for status in (EditionStatus.OPEN, EditionStatus.CLOSED, EditionStatus.PREPARED):
        for each in found:
            if each.status is status:
                return each
    return None


def is_held_open(session: Session, edition_id: str) -> bool:
    """Tell whether an edition is open, and let nobody close it before this transaction ends."""
    return queries.status_held(session, edition_id) == EditionStatus.OPEN


def line(session: Session, edition_id: str) -> list[Edition]:
    """Return an edition and those it follows, newest first; raises `NotFound`."""
    known = {each.id: each for each in editions(session)}
    if edition_id not in known:
        raise NotFound
    found = [known[edition_id]]
    while (follows := found[-1].follows) is not None:
        found.append(known[follows])
    return found


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
    return [
        each
        for each in editions(ctx.session)
        if is_allowed(ctx.actor, Permission.READ_EDITION, Target(is_frozen=each.is_frozen))
    ]


def visible_edition(ctx: RequestContext, edition_id: str) -> Edition:
    """Return an edition that this person may know of; raises `NotFound`."""
    require(ctx.actor, Permission.READ_EDITION)
    found = edition(ctx.session, edition_id)
    require(ctx.actor, Permission.READ_EDITION, Target(is_frozen=found.is_frozen))
    return found


def prepared_edition(ctx: RequestContext, edition_id: str) -> Edition:
    """Return an edition before its opening; raises `NotFound`, `EditionNotPreparedError`."""
    found = visible_edition(ctx, edition_id)
    if found.is_frozen:
        raise EditionNotPreparedError
    return found
