"""What the log says of a reading, and what the server knows of its delivery.

A view that logs a reading holds no lock: it opens and renders in a transaction that only reads.
Its entries are committed in a transaction of their own before the first byte leaves, so that there
is no reading without its entry. Where the answer then does not leave, because a later step of ours
or a header that the server does not send stops it, a second entry says so. Once the server has
taken the head of the answer, the reading counts: how much of it arrived nobody here can know
(docs/decisions, 9).
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import structlog
from flask import g, request

from cooperation.accounts import service as accounts
from cooperation.audit import service as audit
from cooperation.core.db import DatabaseFailedError
from cooperation.core.failpoints import reach
from cooperation.core.last import take_works
from cooperation.core.row_scope import enter, scope_of
from cooperation.web.server import Server, server
from cooperation.web.session import close_transaction, commit_transaction

log = structlog.get_logger("cooperation")

_LOGGED = "cooperation.readings"
Environment = dict[str, Any]
Application = Callable[[Environment, Any], Iterable[bytes]]


def keep_readings() -> None:
    """Commit what the view has logged, watch who reads much, and end the request's transaction.

    Raises `ExportLimitReached` where another export of the account was first.
    """
    reading = g.session
    works = take_works(reading)
    scope = scope_of(reading)
    close_transaction()
    if not works:
        return
    reach("reading.rendered")
    with server().database.writing() as session:
        enter(session, scope)
        for work in works:
            work(session)
        logged = list(audit.entries_in(session))
        if g.signed_in is not None:
            accounts.watch_reading(replace(g.context, session=session))
    request.environ[_LOGGED] = logged


def commit_act() -> None:
    """Commit what the request wrote; what it logged as read may be taken back until it leaves."""
    session = g.session
    commit_transaction()
    request.environ[_LOGGED] = list(audit.entries_in(session))


def watch_delivery(held: Server, application: Application, environ: Environment, start: Any) -> Any:
    """Call the application; where its answer does not leave, take back what it logged as read."""
    try:
        return application(environ, start)
    except BaseException:
        note_undelivered(held, environ)
        raise


def note_undelivered(held: Server, environ: Environment) -> None:
    """Write that the readings of this request did not reach their reader, if any were logged.

    Where that cannot be written, they count as read.
    """
    logged = environ.pop(_LOGGED, [])
    if not logged:
        return
    try:
        with held.database.writing() as session:
            audit.record_undelivered(session, logged, at=held.clock.now())
    except DatabaseFailedError:
        log.exception("undelivered reading counts", number=len(logged))
