"""The log as a page at /log, newest first.

Entries hold ids only. Names of the reader's own colleagues are the shell's to add when the page is
shown (`colleague_names`), for this slice knows no accounts.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.audit.forms import LogFilterForm
from cooperation.audit.queries import LogFilter
from cooperation.audit.rules import ACTIONS, READINGS, UNDELIVERED, Entry, Scope, actor_label
from cooperation.audit.service.entries import log_state, read_entries
from cooperation.core.text import Text, _

blueprint = Blueprint("audit", __name__, template_folder="templates")

_PAGE = 50


@dataclass(frozen=True)
class LogRow:
    """One entry as the page shows it; `person` and `subject` are ids."""

    number: int
    at: datetime
    action: Text
    who: Text
    person: str
    edition: str
    states: Scope
    questions: Scope
    all_questions: Text
    subject: str


def _row(entry: Entry) -> LogRow:
    return LogRow(
        number=entry.seq,
        at=entry.at,
        action=_words_of(entry),
        who=actor_label(entry.role, entry.institution),
        person=entry.actor if "-" in entry.actor else "",
        edition=entry.edition or "",
        states=entry.states,
        questions=entry.questions,
        all_questions=_("all that the reader could read") if entry.action in READINGS else _("all"),
        subject=entry.submission or entry.subject or "",
    )


def _words_of(entry: Entry) -> Text:
    if entry.action == UNDELIVERED:
        return _(
            "Not delivered: the reading in entry %(number)s does not count", number=entry.version
        )
    return ACTIONS.get(entry.action, _("An act of an earlier version"))


def _filter(form: LogFilterForm) -> LogFilter:
    return LogFilter(
        action=form.action.data or None,
        state_code=form.state.data or None,
        day=form.day.data,
        before=form.before.data,
    )


@blueprint.get("/log")
@requires(Permission.READ_LOG)
def log() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form = LogFilterForm(request.args)
    if not form.validate():
        return render_template("audit/log.html", form=form, rows=[], state=None, older=None), 422
    entries = read_entries(ctx.session, actor=ctx.actor, wanted=_filter(form), limit=_PAGE + 1)
    rows = [_row(entry) for entry in entries[:_PAGE]]
    older = rows[-1].number if len(entries) > _PAGE else None
    state = log_state(ctx.session)
    return render_template("audit/log.html", form=form, rows=rows, state=state, older=older)
