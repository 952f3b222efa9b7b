"""By how many institutions an answer was opened: told before it is narrowed or taken back."""

from datetime import datetime

from cooperation.access.context import RequestContext
from cooperation.audit import service as audit
from cooperation.publication.rules import institutions_that_opened


def count_institutions(
    ctx: RequestContext,
    edition_id: str,
    state_code: str,
    question: str,
    since: datetime,
    readings: frozenset[str],
) -> int:
    """Return how many other institutions the log names in these readings of an answer."""
    entries = audit.delivered_readings(ctx.session, readings, edition=edition_id)
    found = institutions_that_opened(entries, state_code=state_code, question=question, since=since)
    return len(found)
