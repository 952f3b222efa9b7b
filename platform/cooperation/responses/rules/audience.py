"""Who may read an answer: the question's rule, the State's mark, its consent (design: product).

The questions A-01, D-01 ... are named here because the product's rules name them; their codes never
change.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cooperation.core.text import Text, _
from cooperation.editions.rules import BLANK, Answer, PublicationRule, Question

CONSENT = "D-01"
DIRECTORY = "D-03"
FIGURES = "D-04"
SETTINGS = (CONSENT, DIRECTORY, FIGURES)

COURT_ONLY = "no_the_whole_reply_is_court"
ASK_AGAIN = "ask_me_again_before_release"
DIRECTORY_FOR_STATES = "states_parties_and_the_court"
NOT_BY_REGION = "yes_but_not_by_region"
NOT_COUNTED = "no"

ALWAYS_PUBLISHED = frozenset({"A-01", "A-02", "A-03", "D-01", "D-08"})
"""Published even where the whole reply is for the Court only."""


class Audience(StrEnum):
    """Who may read a submitted answer besides its State, from the widest to the narrowest."""

    STATES = "states"
    RESTRICTED = "restricted"
    COURT = "court"

    @property
    def label(self) -> Text:
        """The audience in words, as people choose it."""
        return _LABELS[self]


_LABELS = {
    Audience.STATES: _("All States Parties, once published"),
    Audience.RESTRICTED: _("The Secretariat and the Court"),
    Audience.COURT: _("The Court alone"),
}

_MARKS = {
    PublicationRule.PUBLISHED: (Audience.STATES,),
    PublicationRule.CHOICE: (Audience.STATES, Audience.RESTRICTED, Audience.COURT),
    PublicationRule.RESTRICTED: (Audience.RESTRICTED,),
    PublicationRule.COURT: (Audience.COURT,),
}


class Counting(StrEnum):
    """Where a response is counted, by D-04."""

    EVERYWHERE = "everywhere"
    OVERALL = "overall"
    COURT = "court"


@dataclass(frozen=True)
class ConsentSettings:
    """The settings of a submission, signed with it and kept in the clear: options or blank."""

    d01: str = ""
    d03: str = ""
    d04: str = ""

    @property
    def is_court_only(self) -> bool:
        """Whether the State keeps the whole reply for the Court."""
        return self.d01 == COURT_ONLY

    @property
    def needs_release(self) -> bool:
        """Whether approved answers wait for the State's release."""
        return self.d01 == ASK_AGAIN

    @property
    def directory_audience(self) -> Audience:
        """The audience of the contacts that follow D-03; the narrowest until it is answered."""
        return Audience.STATES if self.d03 == DIRECTORY_FOR_STATES else Audience.COURT

    @property
    def counting(self) -> Counting:
        """Where the answers are counted; nowhere outside the Court until D-04 is answered."""
        if self.d04 in {"", NOT_COUNTED}:
            return Counting.COURT
        return Counting.OVERALL if self.d04 == NOT_BY_REGION else Counting.EVERYWHERE


def consent_of(answers: Mapping[str, Answer]) -> ConsentSettings:
    """Return the settings that the answers to D-01, D-03 and D-04 make."""
    chosen = [answers.get(code, BLANK).choice[:1] for code in SETTINGS]
    return ConsentSettings(*(choice[0] if choice else "" for choice in chosen))


def marks_allowed(question: Question) -> tuple[Audience, ...]:
    """Return the audiences that the State may choose between; one or none means no choice."""
    if question.audience_from is not None:
        return ()
    return _MARKS[question.publication]


def default_mark(question: Question) -> Audience:
    """Return the audience of an answer that bears no mark."""
    return _MARKS[question.publication][0]


def is_marked(question: Question, mark: Audience | None) -> bool:
    """Tell whether the State narrowed this answer by a mark of its own."""
    return len(marks_allowed(question)) > 1 and mark not in {None, default_mark(question)}


def audience_of(
    question: Question,
    mark: Audience | None,
    consent: ConsentSettings,
    *,
    narrowed: Collection[str],
) -> Audience:
    """Return who may read the answer: rule, mark, D-03 where it follows, and D-01 above all.

    A mark outside the question's rule counts for nothing. What the State has narrowed in the
    edition (`narrowed`, by question) is never widened by a correction.
    """
    if question.code in narrowed:
        return Audience.COURT
    is_open_rule = question.publication in {PublicationRule.PUBLISHED, PublicationRule.CHOICE}
    if consent.is_court_only and is_open_rule and question.code not in ALWAYS_PUBLISHED:
        return Audience.COURT
    if question.audience_from == DIRECTORY:
        return consent.directory_audience
    if mark in marks_allowed(question):
        return mark or default_mark(question)
    return default_mark(question)
