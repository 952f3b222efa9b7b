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
from hashlib import sha256

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
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
from cooperation.analysis.service.figures import RELEASE, Ground, ground_of
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.circles.rules import BundleKind
from cooperation.core.errors import Conflict, NotFound
from cooperation.core.failpoints import reach
from cooperation.core.text import _
from cooperation.editions.rules import Edition, Question
from cooperation.publication import service as publication
from cooperation.publication.service import Source
from cooperation.register.rules import RegionalGroup
from cooperation.two_persons import service as two_persons
from cooperation.two_persons.rules import Act, ActChangedError, ActStatus
from cooperation.two_persons.service import ActPage, Halves, Scope, TwoPersonAct
from cooperation.vault.encoding import canonical_json

_KIND, _VERSION = "released_table", 1
_SALT_BYTES = 32


class TooFewError(Conflict):
    """Fewer than five answers would be counted, or no table over them keeps them apart."""

    sentence = _("Too few Court-only answers can be counted: nothing can be released.")


class TableExistsError(Conflict):
    """A table of this question waits, or was released."""

    sentence = _("A table of this question waits already, or was released in this edition.")


@dataclass(frozen=True)
class TablePage:
    """A protected table, as the Court sees it, or all readers once it was released."""

    edition: Edition
    question: Question
    rows: tuple[ProtectedRow, ...]
    decided_at: datetime | None = None

    @property
    def groups(self) -> type[RegionalGroup]:
        """The regional groups, by their codes."""
        return RegionalGroup


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
    if _standing(ctx, edition_id, question.code):
        raise TableExistsError
    content = _content(_protected(ctx, ground, question), secrets.token_bytes(_SALT_BYTES))
    bundle = circles.bundle_for_writing(ctx, kind=BundleKind.COURT_TABLES, edition=edition_id)
    row = ReleasedTable(
        edition_id=edition_id,
        question=question.code,
        bundle_id=bundle.id,
        sealed=_seal(bundle, question.code, content),
    )
    ctx.session.add(row)
    ctx.session.flush()
    reach("table.stored")
    return two_persons.propose(ctx, RELEASING, act_id=row.id, shown_hash=sha256(content).digest())


def released_table(ctx: RequestContext, edition_id: str, question_code: str) -> TablePage | None:
    """Return the released table of a question for any reader of figures."""
    require(ctx.actor, Permission.READ_FIGURES)
    for row, halves in _standing(ctx, edition_id, question_code):
        if halves.status is ActStatus.APPROVED:
            return _page_of(ctx, row, halves.decided_at)
    return None


def _standing(
    ctx: RequestContext, edition_id: str, question_code: str
) -> list[tuple[ReleasedTable, Halves]]:
    """Return the tables of a question that wait or were released."""
    acts = two_persons.halves_of(ctx.session, RELEASING.kind, ctx.now)
    standing = {ActStatus.WAITING, ActStatus.APPROVED}
    return [
        (row, acts[row.id])
        for row in queries.tables(ctx.session, edition_id, question_code)
        if row.id in acts and acts[row.id].status in standing
    ]


def _release(ctx: RequestContext, act: Act) -> None:
    """Release the table to all readers of figures, counted anew from the answers as they are.

    Raises `ActChangedError`.
    """
    audit.refuse_before_confirmation(ctx.session)
    row = _row(ctx, act)
    content = _open(ctx, row)
    ground, question = _place(ctx, row.edition_id, row.question)
    salt = bytes.fromhex(json.loads(content)["salt"])
    if _content(_protected(ctx, ground, question), salt) != content:
        raise ActChangedError
    bundle = circles.bundle_for_writing(
        ctx, kind=BundleKind.RELEASED_TABLES, edition=row.edition_id
    )
    row.bundle_id, row.sealed = bundle.id, _seal(bundle, row.question, content)
    ctx.session.flush()
    reach("table.resealed")
    _log(ctx, "figure.released", row.edition_id, row.question, act)


def _act_page(ctx: RequestContext, act: Act) -> ActPage:
    sentence = _(
        "States, Secretariat and co-facilitators read this table from then on. The answers are "
        "counted anew first; if one has changed, nothing is released."
    )
    return ActPage(
        _("Release a table"),
        warning=(_("A release cannot be taken back"), sentence),
        template="analysis/_proposed.html",
        values=_page_of(ctx, _row(ctx, act)),
        is_confidential=True,
    )


def _scopes(ctx: RequestContext, act: Act) -> tuple[Scope]:
    row = _row(ctx, act)
    return (Scope(edition=row.edition_id, states="all", questions=(row.question,)),)


RELEASING = TwoPersonAct(
    kind=RELEASE,
    label=_("Release a table"),
    proposes=Permission.PROPOSE_TABLE,
    decides=Permission.RELEASE_TABLE,
    proposed="figure.proposed",
    ended=("figure.voided", "figure.voided"),
    done=_("Released. All readers of figures see this table now."),
    page=_act_page,
    hash_now=lambda ctx, act: sha256(_open(ctx, _row(ctx, act))).digest(),
    do=_release,
    line=lambda ctx, act: _("Release a table of %(code)s", code=_row(ctx, act).question),
    scopes=_scopes,
)


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


def _row(ctx: RequestContext, act: Act) -> ReleasedTable:
    return ctx.session.get_one(ReleasedTable, act.id)


def _page_of(
    ctx: RequestContext, row: ReleasedTable, decided_at: datetime | None = None
) -> TablePage:
    ground = ground_of(ctx, row.edition_id)
    rows = tuple(
        ProtectedRow(each["group"], each["base"], tuple(each["counts"]))
        for each in json.loads(_open(ctx, row))["rows"]
    )
    question = ground.questionnaire.question(row.question)
    return TablePage(ground.edition, question, rows, decided_at)


def _log(
    ctx: RequestContext,
    action: str,
    edition_id: str,
    question_code: str,
    act: Act | None = None,
) -> None:
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action=action,
        at=ctx.now,
        edition=edition_id,
        states="all",
        questions=(question_code,),
        commitment=act.shown_hash if act else None,
        subject=act.id if act else None,
    )
