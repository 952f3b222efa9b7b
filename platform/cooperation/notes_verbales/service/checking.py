"""The checks before issue, run on the register as it is now."""

from cooperation.access.context import RequestContext
from cooperation.editions import service as editions
from cooperation.notes_verbales import queries
from cooperation.notes_verbales.models import NoteBatch
from cooperation.notes_verbales.rules import Check, checks_before_issue
from cooperation.notes_verbales.service.batch import edition_of
from cooperation.notes_verbales.service.posts import emails_of


def checks_on(ctx: RequestContext, batch: NoteBatch) -> tuple[Check, ...]:
    """Return every finding on a batch."""
    edition = edition_of(ctx.session, batch)
    addressed = [dispatch.state_code for dispatch in queries.dispatches_of(ctx.session, batch.id)]
    parties = {each.state_code for each in editions.participants(ctx.session, edition.id)}
    emails = emails_of(ctx)
    return checks_before_issue(
        parties=parties,
        addressed=addressed,
        dated_on=batch.dated_on,
        deadline_on=edition.deadline_on,
        deadline_in_notes=batch.deadline_on,
        without_email=sum(code not in emails for code in addressed),
        contact=ctx.settings.contact_email,
    )
