"""What is checked before notes are issued (domain: note verbale, "Checks before a note is issued").

A problem stops the approval; a warning is shown to officer and head, who decide.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from cooperation.core.settings import EXAMPLE_CONTACT
from cooperation.core.text import Text, _, ngettext

_NOTICE = timedelta(weeks=6)
_SATURDAY = 5


class CheckKind(StrEnum):
    """How a finding weighs."""

    PASSED = "passed"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Check:
    """One finding."""

    kind: CheckKind
    sentence: Text


def checks_before_issue(
    *,
    parties: Collection[str],
    addressed: Collection[str],
    dated_on: date,
    deadline_on: date,
    deadline_in_notes: date,
    without_email: int,
    contact: str,
) -> tuple[Check, ...]:
    """Return every finding on a set of notes: the list of States, the deadline, the addresses.

    `parties` and `addressed` are State codes: those bound on the edition's opening day, and those
    with a note. That the reference is unused is a rule of its own, kept by the database.
    """
    return (
        *_list_checks(set(parties), set(addressed)),
        _same_deadline_check(deadline_on, deadline_in_notes),
        _notice_check(dated_on, deadline_on),
        _working_day_check(deadline_on),
        _address_check(without_email),
        _contact_check(contact),
    )


def _list_checks(parties: set[str], addressed: set[str]) -> tuple[Check, ...]:
    missing, extra = sorted(parties - addressed), sorted(addressed - parties)
    found: list[Check] = []
    if missing:
        found.append(
            _problem(
                _("There is no note for these States Parties: %(codes)s.", codes=_list(missing))
            )
        )
    if extra:
        found.append(
            _problem(
                _(
                    "These States are not parties on the opening day: %(codes)s.",
                    codes=_list(extra),
                )
            )
        )
    if not found:
        found.append(
            _passed(
                ngettext(
                    "The one State Party on the opening day is in the list.",
                    "All %(number)s States Parties on the opening day are in the list.",
                    len(parties),
                )
            )
        )
    return tuple(found)


def _same_deadline_check(deadline_on: date, deadline_in_notes: date) -> Check:
    if deadline_on != deadline_in_notes:
        return _problem(_("The edition's deadline has changed since the notes were prepared."))
    return _passed(_("The deadline in the notes is the edition's."))


def _notice_check(dated_on: date, deadline_on: date) -> Check:
    if deadline_on <= dated_on:
        return _problem(_("The deadline does not lie after the date of the notes."))
    if deadline_on - dated_on < _NOTICE:
        return _warning(_("The deadline is less than six weeks after the date of the notes."))
    return _passed(_("The deadline is at least six weeks after the date of the notes."))


def _working_day_check(deadline_on: date) -> Check:
    if deadline_on.weekday() >= _SATURDAY:
        return _warning(_("The deadline is not a working day."))
    return _passed(_("The deadline is a working day."))


def _address_check(without_email: int) -> Check:
    if without_email:
        return _warning(
            ngettext(
                "One State has no e-mail address; its note is delivered by hand.",
                "%(number)s States have no e-mail address; their notes are delivered by hand.",
                without_email,
            )
        )
    return _passed(_("An e-mail address is known for every State."))


def _contact_check(contact: str) -> Check:
    if contact == EXAMPLE_CONTACT:
        return _warning(_("The notes name an example address for questions: set contact_email."))
    return _passed(_("The notes name %(contact)s for questions.", contact=contact))


def _list(codes: list[str]) -> str:
    return ", ".join(codes)


def _problem(sentence: Text) -> Check:
    return Check(CheckKind.PROBLEM, sentence)


def _warning(sentence: Text) -> Check:
    return Check(CheckKind.WARNING, sentence)


def _passed(sentence: Text) -> Check:
    return Check(CheckKind.PASSED, sentence)
