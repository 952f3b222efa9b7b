"""Use cases of editions: prepare, change, open, close; read what is asked of whom.

Reading
    edition(session, id), editions(session), current(session)
    line(session, edition_id)                    the edition and those it follows, newest first
    edition_id(session, name), edition_name(session, id)       as addresses and people call it
    participants(session, edition_id), questionnaire(session, edition_id), questionnaire_of
    is_held_open(session, edition_id)            nobody closes it before the transaction ends
    visible_editions(ctx), visible_edition(ctx, id), prepared_edition(ctx, id)
Preparing (Secretariat)
    prepare_edition(ctx, *, year, opens_on, deadline_on, questionnaire_version) -> Edition
    change_edition(ctx, edition_id, *, ...) -> Edition       binds `prepared_hash` anew
    questionnaire_versions(), next_free_year(ctx)
Two persons
    missing_before_opening(ctx, edition_id), open_edition(ctx, edition_id, *, shown_hash)
    propose_closing(ctx, edition_id) -> str, waiting_closing(ctx, edition_id) -> str | None
    CLOSING                                         the act, for the shell
"""

from cooperation.editions.service.acts import (
    CLOSING,
    missing_before_opening,
    open_edition,
    propose_closing,
    waiting_closing,
)
from cooperation.editions.service.preparing import prepare_edition, questionnaire_versions
from cooperation.editions.service.reading import (
    current,
    edition,
    edition_id,
    edition_name,
    editions,
    is_held_open,
    line,
    participants,
    questionnaire,
    questionnaire_of,
    visible_edition,
    visible_editions,
)

__all__ = [
    "CLOSING",
    "current",
    "edition",
    "edition_id",
    "edition_name",
    "editions",
    "is_held_open",
    "line",
    "missing_before_opening",
    "open_edition",
    "participants",
    "prepare_edition",
    "propose_closing",
    "questionnaire",
    "questionnaire_of",
    "questionnaire_versions",
    "visible_edition",
    "visible_editions",
    "waiting_closing",
]
