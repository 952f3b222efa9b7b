"""Code letters: made, shown and forgotten in the head's own request (design: vault, Invitations).

The codes are in the PDF of that one response and nowhere else; the e-mails with the links stay
held until she confirms that the letters are printed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import Permission
from cooperation.accounts import service as accounts
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.circles.rules import state_circle
from cooperation.core.downloads import PDF, Download
from cooperation.core.errors import Invalid, NotFound
from cooperation.core.failpoints import reach
from cooperation.core.text import _
from cooperation.editions import service as editions
from cooperation.editions.rules import Participant
from cooperation.notes_verbales import queries
from cooperation.notes_verbales.models import LetterPrint, NoteBatch, PrintedLetter
from cooperation.notes_verbales.rules import BatchStatus, file_stem
from cooperation.notes_verbales.service.batch import (
    BatchMovedOnError,
    edition_of,
    found_batch,
    require_status,
)
from cooperation.notes_verbales.service.posts import Recipient, recipients_of
from cooperation.typeset.letter import CodeLetter, compile_letters

_LAST_MONTH, _LAST_DAY = 12, 31
_WITH_LETTERS = (BatchStatus.APPROVED, BatchStatus.ISSUED)


@dataclass(frozen=True)
class LetterRow:
    """One State in the list of code letters."""

    state_code: str
    state_name: str
    has_circle: bool
    printed_at: datetime | None
    is_confirmed: bool


@dataclass(frozen=True)
class LetterOverview:
    """The printing that waits for its confirmation, if any, and all States."""

    batch_id: str
    reference: str
    waiting_print: str | None
    waiting_states: tuple[str, ...]
    rows: tuple[LetterRow, ...]

    @property
    def open_states(self) -> frozenset[str]:
        """Codes of the States that a letter can be made for."""
        return frozenset(row.state_code for row in self.rows if not row.has_circle)

    @property
    def due_states(self) -> frozenset[str]:
        """Codes of the States whose letter was not printed yet."""
        return self.open_states - {row.state_code for row in self.rows if row.is_confirmed}


def letters_overview(ctx: RequestContext, batch_id: str) -> LetterOverview:
    """Return who has an account, whose letter is printed, and what waits to be confirmed."""
    require(ctx.actor, Permission.PRINT_CODE_LETTERS)
    batch = found_batch(ctx.session, batch_id)
    require_status(batch, *_WITH_LETTERS)
    prints = queries.prints_of(ctx.session, batch.id)
    letters = queries.letters_of(ctx.session, [each.id for each in prints])
    waiting = prints[0] if prints and prints[0].confirmed_at is None else None
    latest = _latest_prints(prints, letters)
    participants = editions.participants(ctx.session, batch.edition_id)
    return LetterOverview(
        batch_id=batch.id,
        reference=batch.reference,
        waiting_print=waiting.id if waiting else None,
        waiting_states=tuple(
            letter.state_code for letter in letters if waiting and letter.print_id == waiting.id
        ),
        rows=tuple(_row(ctx, state, latest.get(state.state_code)) for state in participants),
    )


def batch_for_letter(ctx: RequestContext, state_code: str) -> str | None:
    """Return the newest notes with which a State's code letter can be made, if there are any."""
    require(ctx.actor, Permission.PRINT_CODE_LETTERS)
    for edition in editions.editions(ctx.session):
        invited = {each.state_code for each in editions.participants(ctx.session, edition.id)}
        for batch in queries.batches_of(ctx.session, edition.id):
            if state_code in invited and BatchStatus(batch.status) in _WITH_LETTERS:
                return batch.id
    return None


def print_code_letters(
    ctx: RequestContext, batch_id: str, *, state_codes: Sequence[str]
) -> Download:
    """Invite these States and return their code letters as one PDF, this once.

    Earlier unused invitations of the same States are void. Raises `Invalid` where nothing is
    ticked or a State has an account already.
    """
    require(ctx.actor, Permission.PRINT_CODE_LETTERS)
    require_step_up(ctx.actor, Permission.PRINT_CODE_LETTERS, ctx.now)
    audit.refuse_before_confirmation(ctx.session)
    batch = found_batch(ctx.session, batch_id)
    require_status(batch, *_WITH_LETTERS)
    chosen = _checked(ctx, batch, state_codes)
    edition = edition_of(ctx.session, batch)
    ends_on = max(batch.deadline_on, date(edition.year, _LAST_MONTH, _LAST_DAY))
    invitations = accounts.prepare_state_invitations(ctx, chosen, ends_on=ends_on)
    reach("letters.invited")
    printing = LetterPrint(batch_id=batch.id, printed_by=ctx.actor.person_id, printed_at=ctx.now)
    ctx.session.add(printing)
    ctx.session.flush()
    recipients = {each.state.code: each for each in recipients_of(ctx, edition)}
    letters = []
    for invitation in invitations:
        ctx.session.add(
            PrintedLetter(
                print_id=printing.id,
                state_code=invitation.state_code,
                invitation_id=invitation.invitation_id,
            )
        )
        letters.append(_letter(batch, recipients[invitation.state_code], invitation, ends_on))
    document = compile_letters(
        tuple(letters),
        language=batch.language,
        year=edition.year,
        dated_on=ctx.now.date(),
        place=ctx.settings.organisation_place,
        contact=ctx.settings.contact_email,
    )
    return Download(f"{file_stem(batch.reference)}-code-letters.pdf", PDF, document.content)


def confirm_letters(ctx: RequestContext, batch_id: str, *, print_id: str) -> int:
    """Confirm that the letters of a printing lie before her; the held e-mails leave.

    Returns the number of States. Raises `BatchMovedOnError` where a newer printing took its place.
    """
    require(ctx.actor, Permission.PRINT_CODE_LETTERS)
    require_step_up(ctx.actor, Permission.PRINT_CODE_LETTERS, ctx.now)
    audit.refuse_before_confirmation(ctx.session)
    batch = found_batch(ctx.session, batch_id)
    prints = queries.prints_of(ctx.session, batch.id)
    if not any(each.id == print_id for each in prints):
        raise NotFound
    if prints[0].id != print_id or prints[0].confirmed_at is not None:
        raise BatchMovedOnError
    letters = queries.letters_of(ctx.session, [print_id])
    accounts.confirm_printed(ctx, [letter.invitation_id for letter in letters])
    reach("letters.mails_released")
    prints[0].confirmed_at = ctx.now
    return len(letters)


def _latest_prints(
    prints: Sequence[LetterPrint], letters: Sequence[PrintedLetter]
) -> dict[str, LetterPrint]:
    by_id = {each.id: each for each in prints}
    ordered = sorted(letters, key=lambda letter: by_id[letter.print_id].printed_at)
    return {letter.state_code: by_id[letter.print_id] for letter in ordered}


def _row(ctx: RequestContext, state: Participant, printing: LetterPrint | None) -> LetterRow:
    return LetterRow(
        state_code=state.state_code,
        state_name=state.name,
        has_circle=circles.circle_exists(ctx.session, state_circle(state.state_code)),
        printed_at=printing.printed_at if printing else None,
        is_confirmed=printing is not None and printing.confirmed_at is not None,
    )


def _checked(ctx: RequestContext, batch: NoteBatch, state_codes: Sequence[str]) -> list[str]:
    allowed = {each.state_code for each in editions.participants(ctx.session, batch.edition_id)}
    chosen = [code for code in dict.fromkeys(state_codes) if code in allowed]
    if not chosen or len(chosen) != len(set(state_codes)):
        raise Invalid(errors=(("states", _("Tick at least one State of the list.")),))
    if any(circles.circle_exists(ctx.session, state_circle(code)) for code in chosen):
        raise Invalid(errors=(("states", _("A State of the list has an account already.")),))
    return chosen


def _letter(
    batch: NoteBatch, recipient: Recipient, invitation: "accounts.StateInvitation", ends_on: date
) -> CodeLetter:
    return CodeLetter(
        reference=batch.reference,
        state=recipient.state.formal_name_with_article,
        addressee=recipient.addressee.full,
        addressee_lines=recipient.addressee.lines,
        code=invitation.code,
        ends_on=ends_on,
        link=invitation.link,
    )
