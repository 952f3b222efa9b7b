"""The kind of browser in which an account's events happened, kept beside the log by request."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from cooperation.accounts.models import EventBrowserRow
from cooperation.core.db import Session
from cooperation.core.requests import browser_kind, request_id

_NO_REQUEST = "-"


def note_browser(session: Session, now: datetime) -> None:
    """Keep the kind of browser of this request beside what it writes into the log."""
    request, browser = request_id.get(), browser_kind.get()
    if request == _NO_REQUEST or not browser or session.get(EventBrowserRow, request) is not None:
        return
    session.add(EventBrowserRow(request_id=request, browser=browser, at=now))
    session.flush()


def browsers_of(session: Session, requests: Sequence[str]) -> dict[str, str]:
    """Return the kinds of browsers of these requests, as far as they were kept."""
    rows = session.execute(
        sa.select(EventBrowserRow.request_id, EventBrowserRow.browser).where(
            EventBrowserRow.request_id.in_(requests)
        )
    )
    return {row.request_id: row.browser for row in rows}
