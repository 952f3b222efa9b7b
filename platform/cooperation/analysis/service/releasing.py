"""Release of figures over Court-only answers: one Court reader proposes, another one releases.

What is released is the protected table, never the counts behind it; it is bound to its exact hash,
counted anew by the second reader, and released once for a question and edition, because two tables
of different days would tell on the States between them (design: product, Small numbers).
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import Permission
from cooperation.analysis import queries
from cooperation.analysis.models import ReleasedTable
from cooperation.analysis.rules import (
    SMALLEST,
    Counted,
    CountTable,
    ProtectedRow,
    figure_of,
    is_single_choice,
    protect,
)
from cooperation.analysis.service.figures import Ground, ground_of
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.circles.rules import BundleKind
from cooperation.core.errors import Conflict, NotAllowed, NotFound
from cooperation.core.failpoints import reach
from cooperation.core.text import Text, _
from cooperation.editions.rules import Edition, Question
from cooperation.publication import service as publication
from cooperation.publication.service import Source
from cooperation.vault.encoding import canonical_json

_KIND, _VERSION = "released_table", 1
_SALT_BYTES = 32


class TableStatus(StrEnum):
    """Where a table stands."""

    OPEN = "open"
    RELEASED = "released"
    VOID = "void"

    @property
    def label(self) -> Text:
        """The status in words."""
        return {
            "open": _("Waiting for a second person"),
            "released": _("Released"),
            "void": _("Refused, withdrawn or overtaken"),
        }[self.value]

    @property
    def tag(self) -> str:
        """The kind of status tag that shows it."""
        return {"open": "progress", "released": "done", "void": "neutral"}[self.value]


class TooFewError(Conflict):
    """Fewer than five answers would be counted, or no table over them keeps them apart."""

    sentence = _("Too few Court-only answers can be counted: nothing can be released.")


class TableExistsError(Conflict):
    """A table of this question waits, or was released."""

    sentence = _("A table of this question waits already, or was released in this edition.")


class TableChangedError(Conflict):
    """The answers have changed since the table was proposed, or it is not the one shown."""

    sentence = _("The answers have changed since this table was proposed. Propose it anew.")


class OwnTableError(NotAllowed):
    """Who proposed may not release."""

    sentence = _("You proposed this table yourself: another Court reader releases it.")


@dataclass(frozen=True)
class ReleaseView:
    """A table with who proposed and who released it."""

    id: str
    edition: Edition
    question: Question
    rows: tuple[ProtectedRow, ...]
    status: TableStatus
    content_hash: bytes
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it waits for another Court reader."""
        return self.status is TableStatus.OPEN

    @property
    def fingerprint(self) -> str:
        """The beginning of the hash, to be compared by eye."""
        return self.content_hash.hex()[:16]

    @property
    def hidden(self) -> int:
        """How many counts are hidden."""
        return sum(count is None for row in self.rows for count in (row.base, *row.counts))


def preview_table(
    ctx: RequestContext, edition_id: str, question_code: str
) -> tuple[Edition, Question, tuple[ProtectedRow, ...]]:
    """Return what would be proposed, and log that the answers were read; raises `TooFewError`."""
    require(ctx.actor, Permission.PROPOSE_TABLE)
    ground, question = _place(ctx, edition_id, question_code)
    rows = _protected(ctx, ground, question)
    _log(ctx, "figures.read", edition_id, question.code)
    return ground.edition, question, rows


def propose_table(ctx: RequestContext, edition_id: str, question_code: str) -> str:
    """Propose the table to another Court reader; return its id.

    Raises `NotFound`, `TooFewError`, `TableExistsError`.
    """
    require(ctx.actor, Permission.PROPOSE_TABLE)
    ground, question = _place(ctx, edition_id, question_code)
    audit.wait_for_turn(ctx.session)
    if queries.standing_tables(ctx.session, edition_id, question.code):
        raise TableExistsError
    content = _content(_protected(ctx, ground, question), secrets.token_bytes(_SALT_BYTES))
    bundle = circles.bundle_for_writing(ctx, kind=BundleKind.COURT_TABLES, edition=edition_id)
    row = ReleasedTable(
        edition_id=edition_id,
        question=question.code,
        content_hash=sha256(content).digest(),
        bundle_id=bundle.id,
        sealed=_seal(bundle, question.code, content),
        status=TableStatus.OPEN,
        proposed_by=ctx.actor.person_id,
        proposed_at=ctx.now,
    )
    ctx.session.add(row)
    ctx.session.flush()
    reach("table.stored")
    _log(ctx, "figure.proposed", edition_id, question.code, row)
    return row.id


def open_tables(ctx: RequestContext, edition_id: str) -> Sequence[tuple[str, str, str]]:
    """Return id, question and proposer of the tables that wait; opens nothing."""
    require(ctx.actor, Permission.PROPOSE_TABLE)
    return [
        (row.id, row.question, row.proposed_by)
        for row in queries.open_tables(ctx.session, edition_id)
    ]


def find_table(ctx: RequestContext, table_id: str) -> ReleaseView:
    """Return a table as the Court sees it, whatever its status; raises `NotFound`."""
    require(ctx.actor, Permission.PROPOSE_TABLE)
    return _view(ctx, _row(ctx, table_id))


def released_table(ctx: RequestContext, edition_id: str, question_code: str) -> ReleaseView | None:
    """Return the released table of a question for any reader of figures."""
    require(ctx.actor, Permission.READ_FIGURES)
    found = queries.standing_tables(ctx.session, edition_id, question_code)
    row = next((each for each in found if each.status == TableStatus.RELEASED), None)
    return None if row is None else _view(ctx, row)


def release_table(ctx: RequestContext, table_id: str, *, shown_hash: bytes) -> ReleaseView:
    """Release exactly the table that another Court reader proposed to all readers of figures.

    It is counted anew from the answers as they are. Raises `OwnTableError`, `TableChangedError`.
    """
    require(ctx.actor, Permission.RELEASE_TABLE)
    require_step_up(ctx.actor, Permission.RELEASE_TABLE, ctx.now)
    audit.refuse_before_confirmation(ctx.session)
    row = _row(ctx, table_id)
    if row.status != TableStatus.OPEN:
        raise TableChangedError
    if row.proposed_by == ctx.actor.person_id:
        raise OwnTableError
    content = _open(ctx, row)
    ground, question = _place(ctx, row.edition_id, row.question)
    salt = bytes.fromhex(json.loads(content)["salt"])
    counted = _content(_protected(ctx, ground, question), salt)
    if not sha256(counted).digest() == sha256(content).digest() == row.content_hash == shown_hash:
        raise TableChangedError
    bundle = circles.bundle_for_writing(
        ctx, kind=BundleKind.RELEASED_TABLES, edition=row.edition_id
    )
    row.bundle_id, row.sealed = bundle.id, _seal(bundle, row.question, content)
    _decide(ctx, row, TableStatus.RELEASED)
    reach("table.resealed")
    _log(ctx, "figure.released", row.edition_id, row.question, row)
    return _view(ctx, row)


def void_table(ctx: RequestContext, table_id: str) -> None:
    """Withdraw one's own table or refuse a colleague's; it can be proposed anew."""
    require(ctx.actor, Permission.PROPOSE_TABLE)
    row = _row(ctx, table_id)
    if row.status != TableStatus.OPEN:
        raise TableChangedError
    _decide(ctx, row, TableStatus.VOID)
    _log(ctx, "figure.voided", row.edition_id, row.question, row)


def _place(ctx: RequestContext, edition_id: str, question_code: str) -> tuple[Ground, Question]:
    ground = ground_of(ctx, edition_id)
    question = ground.questionnaire.question(question_code)
    if not is_single_choice(question):
        raise NotFound
    return ground, question


def _protected(ctx: RequestContext, ground: Ground, question: Question) -> tuple[ProtectedRow, ...]:
    """Count the Court-only answers as readers outside may see them, and hide small cells."""
    answers = publication.collect_answers(
        ctx, ground.edition.id, questions=(question.code,), with_confidential=True
    )
    records = [
        Counted(read.state_code, read.status, read.opened.answer)
        for read in answers.values()
        if read.source is Source.COURT and read.has_content and read.state_code in ground.groups
    ]
    figure = figure_of(question, records, ground.roster(full=False))
    assert figure.distribution is not None  # noqa: S101 - a single choice has one
    *rows, overall = figure.distribution.rows
    counts = tuple(row.counts for row in rows)
    sums = [sum(column) for column in zip(*counts, strict=True)]
    beside = tuple(whole - part for whole, part in zip(overall.counts, sums, strict=True))
    table = CountTable(tuple(str(row.group) for row in rows), counts, beside)
    found = protect(table, smallest=SMALLEST)
    if found is None:
        raise TooFewError
    return found


def _content(rows: Sequence[ProtectedRow], salt: bytes) -> bytes:
    table = [{"group": row.group, "base": row.base, "counts": list(row.counts)} for row in rows]
    return canonical_json({"salt": salt.hex(), "rows": table})


def _seal(bundle: circles.OpenBundle, question_code: str, content: bytes) -> bytes:
    return bundle.seal(
        kind=_KIND, code=question_code, version=_VERSION, field="table", content=content
    )


def _open(ctx: RequestContext, row: ReleasedTable) -> bytes:
    bundle = circles.open_bundle(ctx, row.bundle_id)
    return bundle.open(row.sealed, kind=_KIND, code=row.question, version=_VERSION, field="table")


def _row(ctx: RequestContext, table_id: str) -> ReleasedTable:
    row = ctx.session.get(ReleasedTable, table_id, with_for_update=True)
    if row is None:
        raise NotFound
    return row


def _view(ctx: RequestContext, row: ReleasedTable) -> ReleaseView:
    content = _open(ctx, row)
    if sha256(content).digest() != row.content_hash:
        raise TableChangedError
    ground = ground_of(ctx, row.edition_id)
    rows = tuple(
        ProtectedRow(each["group"], each["base"], tuple(each["counts"]))
        for each in json.loads(content)["rows"]
    )
    return ReleaseView(
        id=row.id,
        edition=ground.edition,
        question=ground.questionnaire.question(row.question),
        rows=rows,
        status=TableStatus(row.status),
        content_hash=row.content_hash,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )


def _decide(ctx: RequestContext, row: ReleasedTable, status: TableStatus) -> None:
    row.status = status
    row.decided_by, row.decided_at = ctx.actor.person_id, ctx.now
    ctx.session.flush()


def _log(
    ctx: RequestContext,
    action: str,
    edition_id: str,
    question_code: str,
    row: ReleasedTable | None = None,
) -> None:
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action=action,
        at=ctx.now,
        edition=edition_id,
        states="all",
        questions=(question_code,),
        commitment=row.content_hash if row else None,
        subject=row.id if row else None,
    )
