"""Checking what a person can open of drafts and submissions: opens, signed, files as they were.

Nothing is shown and nothing leaves this module but counts and places.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.circles import service as circles
from cooperation.circles.service import OpenBundle
from cooperation.core.errors import DomainError
from cooperation.core.records import RecordFault, RecordsChecked
from cooperation.core.text import Text, _
from cooperation.editions.rules import FileRef
from cooperation.responses import queries
from cooperation.responses.drafting.service.frame import open_left_records
from cooperation.responses.rules import (
    DraftRecord,
    OpenedAnswer,
    SignedSubmission,
    SubmittedAnswer,
    audiences_with,
)
from cooperation.responses.submitted.service.signed import signed_submissions
from cooperation.responses.submitted.service.storage import read_file
from cooperation.responses.submitted.service.submissions import is_withheld_from, open_rows
from cooperation.vault.commitment import commit

_CLOSED = _("does not open")
_OTHER = _("is not what the State signed")
_UNSIGNED = _("is in no manifest that the State signed")
_GONE = _("is missing")
_FILE = _("a file of it is not the one that was added")


def check_submitted(ctx: RequestContext, edition_id: str) -> RecordsChecked:
    """Check every submitted answer of an edition that the person can open, corrections too."""
    require(ctx.actor, Permission.CHECK_RECORDS)
    visible = audiences_with(ctx.actor.circle)
    if not visible:
        return RecordsChecked()
    ids = queries.submission_ids(ctx.session, edition_id, ctx.actor.state_code)
    signed = signed_submissions(ctx, ids)
    rows = queries.answer_rows(ctx.session, ids)
    faults = list(_missing(edition_id, signed, rows, visible))
    mine = [row for row in rows if row.audience in visible and not is_withheld_from(ctx.actor, row)]
    bundles, closed = _bundles(ctx, sorted({row.bundle_id for row in mine}))
    faults += [_fault(edition_id, row, _CLOSED) for row in mine if row.bundle_id in closed]
    found = RecordsChecked(faults=tuple(faults))
    readable = [row for row in mine if row.bundle_id in bundles]
    for row, opened in _opened(bundles, readable):
        found += _checked(ctx, edition_id, row, opened, signed.get(row.submission_id), bundles)
    return found


def _missing(
    edition_id: str,
    signed: Mapping[str, SignedSubmission],
    rows: Sequence[SubmittedAnswer],
    visible: Collection[str],
) -> Iterator[RecordFault]:
    """Give what a manifest lists for this audience and no row holds any more."""
    present = {(row.submission_id, row.question) for row in rows}
    for submission in signed.values():
        for question, leaf in submission.answers.items():
            if leaf.audience in visible and (submission.id, question) not in present:
                yield RecordFault(edition_id, submission.state_code, question, _GONE)


def _bundles(
    ctx: RequestContext, bundle_ids: Sequence[str]
) -> tuple[dict[str, OpenBundle], set[str]]:
    """Open bundles one by one where one does not open; what a re-founded circle lost is none."""
    try:
        return circles.open_left(ctx, bundle_ids), set()
    except DomainError:
        opened: dict[str, OpenBundle] = {}
        closed: set[str] = set()
    for bundle_id in bundle_ids:
        try:
            opened |= circles.open_left(ctx, [bundle_id])
        except DomainError:
            closed.add(bundle_id)
    return opened, closed


def _opened(
    bundles: Mapping[str, OpenBundle], rows: Sequence[SubmittedAnswer]
) -> Iterator[tuple[SubmittedAnswer, OpenedAnswer | None]]:
    """Open many at once; where one does not open, halve until it is found."""
    try:
        found = open_rows(bundles, rows)
    except (DomainError, ValueError):
        if len(rows) == 1:
            yield rows[0], None
            return
        middle = len(rows) // 2
        yield from _opened(bundles, rows[:middle])
        yield from _opened(bundles, rows[middle:])
        return
    yield from zip(rows, found, strict=True)


def _checked(
    ctx: RequestContext,
    edition_id: str,
    row: SubmittedAnswer,
    opened: OpenedAnswer | None,
    signed: SignedSubmission | None,
    bundles: Mapping[str, OpenBundle],
) -> RecordsChecked:
    if opened is None:
        return RecordsChecked(faults=(_fault(edition_id, row, _CLOSED),))
    if signed is None or not signed.stands(row.state_code, row.question, row.commitment):
        return RecordsChecked(1, faults=(_fault(edition_id, row, _UNSIGNED),))
    leaf = signed.answers[row.question]
    is_kept = leaf.audience == row.audience or row.narrowed_at is not None
    is_same = commit(opened.canonical, opened.salt) == row.commitment
    if not (is_same and is_kept and leaf.status == row.status):
        return RecordsChecked(1, faults=(_fault(edition_id, row, _OTHER),))
    if b'"files"' not in opened.canonical:  # reading ten thousand answers for files takes long
        return RecordsChecked(1)
    files = opened.answer.files
    wrong = [file for file in files if not _is_same(ctx, bundles[row.bundle_id], file)]
    faults = (_fault(edition_id, row, _FILE),) if wrong else ()
    return RecordsChecked(1, len(files), faults)


def _is_same(ctx: RequestContext, bundle: OpenBundle, file: FileRef) -> bool:
    try:
        read_file(ctx.session, bundle, file)
    except DomainError:
        return False
    return True


def _fault(edition_id: str, row: SubmittedAnswer, what: Text) -> RecordFault:
    return RecordFault(edition_id, row.state_code, row.question, what)


def check_draft(ctx: RequestContext, edition_id: str) -> RecordsChecked:
    """Check every version of the State's own draft answers, and the files of the present ones."""
    require(ctx.actor, Permission.READ_OWN_RESPONSE)
    state_code = ctx.actor.state_code or ""
    response = queries.response_of(ctx.session, edition_id, state_code)
    if response is None:
        return RecordsChecked()
    bundles, closed = _bundles(ctx, [response.bundle_id])
    present = {row.answer_id: row.version for row in queries.draft_rows(ctx.session, response.id)}
    rows = queries.all_draft_rows(ctx.session, response.id)
    if closed:
        wrong = tuple(RecordFault(edition_id, state_code, row.question, _CLOSED) for row in rows)
        return RecordsChecked(faults=wrong)
    bundle = bundles.get(response.bundle_id)
    found = RecordsChecked()
    for row, record in _drafted(ctx, bundle, state_code, rows):
        if record is None:
            fault = RecordFault(edition_id, state_code, row.question, _CLOSED)
            found += RecordsChecked(faults=(fault,))
            continue
        files = record.answer.files if present.get(row.answer_id) == row.version else ()
        is_whole = bundle is not None and all(_is_same(ctx, bundle, file) for file in files)
        fault = RecordFault(edition_id, state_code, row.question, _FILE)
        found += RecordsChecked(1, len(files), () if is_whole or not files else (fault,))
    return found


def _drafted(
    ctx: RequestContext,
    bundle: OpenBundle | None,
    state_code: str,
    rows: list[queries.DraftRow],
) -> Iterator[tuple[queries.DraftRow, DraftRecord | None]]:
    """Open versions of a draft; what was lost with the circle's last member is left out."""
    try:
        found = open_left_records(ctx, bundle, state_code, rows)
    except (DomainError, ValueError):
        if len(rows) == 1:
            yield rows[0], None
            return
        middle = len(rows) // 2
        yield from _drafted(ctx, bundle, state_code, rows[:middle])
        yield from _drafted(ctx, bundle, state_code, rows[middle:])
        return
    for row, record in zip(rows, found, strict=True):
        if record is not None:
            yield row, record
