"""Checking what is published: every record opens and is what its State signed, files too."""

from cooperation.access.context import RequestContext
from cooperation.access.guard import require
from cooperation.access.policy import Permission
from cooperation.core.errors import DomainError
from cooperation.core.records import RecordFault, RecordsChecked
from cooperation.core.text import _
from cooperation.publication.reading.service.collecting import ReadAnswer, collect_answers
from cooperation.publication.reading.service.exporting import published_content

_OTHER = _("the published text does not open, or is not what the State signed")
_FILE = _("a published file of it is not the one that was filed")


def check_published(ctx: RequestContext, edition_id: str) -> RecordsChecked:
    """Check every published answer of an edition against what its State signed."""
    require(ctx.actor, Permission.CHECK_RECORDS)
    found = collect_answers(ctx, edition_id, with_confidential=False, sifts=True)
    checked = RecordsChecked()
    for read in found.values():
        checked += _checked(ctx, edition_id, read)
    return checked


def _checked(ctx: RequestContext, edition_id: str, read: ReadAnswer) -> RecordsChecked:
    if read.is_doubtful:
        fault = RecordFault(edition_id, read.state_code, read.question, _OTHER)
        return RecordsChecked(faults=(fault,))
    if not read.is_open:
        return RecordsChecked()  # narrowed or taken back: there is nothing to open
    opened = read.opened
    if b'"files"' not in opened.canonical:
        return RecordsChecked(1)
    files = opened.answer.files
    try:
        for file in files:
            published_content(ctx, edition_id, file)
    except DomainError:
        fault = RecordFault(edition_id, read.state_code, read.question, _FILE)
        return RecordsChecked(1, len(files), (fault,))
    return RecordsChecked(1, len(files))
