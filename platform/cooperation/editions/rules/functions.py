"""What the platform itself does with some answers: a question's function, instead of its code.

Source: the rules of an answer (design: product). A definition gives a question its function, and
the schema refuses one whose question lacks what it needs here.
"""

from dataclasses import dataclass

from cooperation.editions.rules.questionnaire import Function, QuestionType

NOTHING_HAS_CHANGED = "nothing_has_changed"
COURT_ONLY = "no_the_whole_reply_is_court"
ASK_AGAIN = "ask_me_again_before_release"
DIRECTORY_FOR_STATES = "states_parties_and_the_court"
NOT_BY_REGION = "yes_but_not_by_region"
NOT_COUNTED = "no"


@dataclass(frozen=True)
class Needs:
    """What a function needs of its question; `codes` are those of options or of columns."""

    type: QuestionType
    codes: frozenset[str] = frozenset()
    derived: bool = False


NEEDS = {
    Function.STATE_NAME: Needs(QuestionType.SHORT_TEXT, derived=True),
    Function.KIND_OF_REPLY: Needs(QuestionType.SINGLE, frozenset({NOTHING_HAS_CHANGED})),
    Function.LANGUAGE_OF_REPLY: Needs(QuestionType.SINGLE),
    Function.CONTACT_URGENT: Needs(QuestionType.CONTACTS),
    Function.CONSENT_AUDIENCE: Needs(QuestionType.SINGLE, frozenset({COURT_ONLY, ASK_AGAIN})),
    Function.CONSENT_CONTACTS: Needs(QuestionType.SINGLE, frozenset({DIRECTORY_FOR_STATES})),
    Function.CONSENT_COUNTING: Needs(QuestionType.SINGLE, frozenset({NOT_BY_REGION, NOT_COUNTED})),
    Function.MARKED_ANSWERS: Needs(
        QuestionType.TABLE, frozenset({"question", "audience", "reason"}), derived=True
    ),
    Function.APPROVED_BY: Needs(QuestionType.SHORT_TEXT, derived=True),
    Function.APPROVED_ON: Needs(QuestionType.DATE, derived=True),
}
