"""Who may read an answer: the question's rule, the State's mark, its consent (design: product)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cooperation.circles.rules import BundleKind, parties_of, state_of_circle
from cooperation.core.text import Text, _
from cooperation.editions.rules import (
    ASK_AGAIN,
    BLANK,
    COURT_ONLY,
    DIRECTORY_FOR_STATES,
    NOT_BY_REGION,
    NOT_COUNTED,
    Answer,
    Function,
    PublicationRule,
    Question,
    Questionnaire,
)

SETTINGS = (Function.CONSENT_AUDIENCE, Function.CONSENT_CONTACTS, Function.CONSENT_COUNTING)

ALWAYS_PUBLISHED = frozenset(
    {
        Function.STATE_NAME,
        Function.KIND_OF_REPLY,
        Function.LANGUAGE_OF_REPLY,
        Function.CONSENT_AUDIENCE,
        Function.APPROVED_ON,
    }
)
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

    @property
    def kind(self) -> BundleKind:
        """The bundle that holds such answers."""
        return _KINDS[self]


_LABELS = {
    Audience.STATES: _("All States Parties, once published"),
    Audience.RESTRICTED: _("The Secretariat and the Court"),
    Audience.COURT: _("The Court alone"),
}

_KINDS = {
    Audience.STATES: BundleKind.SUBMITTED_STATES,
    Audience.RESTRICTED: BundleKind.SUBMITTED_RESTRICTED,
    Audience.COURT: BundleKind.SUBMITTED_COURT,
}
_MARKS = {
    PublicationRule.PUBLISHED: (Audience.STATES,),
    PublicationRule.CHOICE: (Audience.STATES, Audience.RESTRICTED, Audience.COURT),
    PublicationRule.RESTRICTED: (Audience.RESTRICTED,),
    PublicationRule.COURT: (Audience.COURT,),
}


def audiences_with(circle: str) -> tuple[Audience, ...]:
    """Return the audiences of whose answers this circle is one, a State's of its own answers."""
    state = state_of_circle(circle)
    return tuple(each for each in Audience if circle in parties_of(each.kind, state))


class Counting(StrEnum):
    """Where a response is counted, as the State consents."""

    EVERYWHERE = "everywhere"
    OVERALL = "overall"
    COURT = "court"


@dataclass(frozen=True)
class ConsentSettings:
    """The settings of a submission, signed with it and kept in the clear: options or blank.

    In the order of `SETTINGS`.
    """

    consent: str = ""
    directory: str = ""
    figures: str = ""

    @property
    def is_court_only(self) -> bool:
        """Whether the State keeps the whole reply for the Court."""
        return self.consent == COURT_ONLY

    @property
    def needs_release(self) -> bool:
        """Whether approved answers wait for the State's release."""
        return self.consent == ASK_AGAIN

    @property
    def directory_audience(self) -> Audience:
        """The audience of the contacts; the narrowest until their question is answered."""
        return Audience.STATES if self.directory == DIRECTORY_FOR_STATES else Audience.COURT

    @property
    def counting(self) -> Counting:
        """Where the answers are counted; nowhere outside the Court until that is answered."""
        if self.figures in {"", NOT_COUNTED}:
            return Counting.COURT
        return Counting.OVERALL if self.figures == NOT_BY_REGION else Counting.EVERYWHERE


def consent_of(questionnaire: Questionnaire, answers: Mapping[str, Answer]) -> ConsentSettings:
    """Return the settings that the answers to the questions of consent make."""
    codes = (questionnaire.code_of(function) for function in SETTINGS)
    chosen = [answers.get(code, BLANK).choice[:1] for code in codes]
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
    """Return who may read the answer: rule, mark, consent for contacts, general consent above all.

    A mark outside the question's rule counts for nothing. What the State has narrowed in the
    edition (`narrowed`, by question) is never widened by a correction.
    """
    if question.code in narrowed:
        return Audience.COURT
    is_open_rule = question.publication in {PublicationRule.PUBLISHED, PublicationRule.CHOICE}
    if consent.is_court_only and is_open_rule and question.function not in ALWAYS_PUBLISHED:
        return Audience.COURT
    if question.audience_from is not None:
        return consent.directory_audience
    if mark in marks_allowed(question):
        return mark or default_mark(question)
    return default_mark(question)
