"""The questionnaire of an edition as the annex in print."""

from cooperation.core.settings import Settings
from cooperation.core.text import _
from cooperation.editions.rules import (
    Edition,
    PublicationRule,
    Question,
    Questionnaire,
    QuestionType,
    condition_words,
)
from cooperation.notes_verbales.models import NoteBatch
from cooperation.offline import VERIFIER, verifier_hash
from cooperation.typeset.annex import (
    Annex,
    AnnexPart,
    AnnexProof,
    AnnexQuestion,
    Room,
    annex_text,
    compile_annex,
)
from cooperation.typeset.compiler import Document

_ROOMS: dict[QuestionType, Room] = {
    QuestionType.SHORT_TEXT: Room.LINE,
    QuestionType.LONG_TEXT: Room.BOX,
    QuestionType.SINGLE: Room.ONE,
    QuestionType.YES_NO: Room.ONE,
    QuestionType.MULTIPLE: Room.MANY,
    QuestionType.NUMBER: Room.LINE,
    QuestionType.DATE: Room.LINE,
    QuestionType.TABLE: Room.TABLE,
    QuestionType.CONTACTS: Room.TABLE,
    QuestionType.FILE: Room.DERIVED,
}
_MOST_BLANK_ROWS = 4


def make_annex(
    batch: NoteBatch,
    *,
    edition: Edition,
    questionnaire: Questionnaire,
    settings: Settings,
    log_key: str,
) -> Document:
    """Return the annex's PDF for the batch's language and reference; `log_key` goes to paper."""
    parts = tuple(
        AnnexPart(
            code=part.code,
            section=part.section,
            title=part.title,
            questions=tuple(
                _question(question, questionnaire, batch.language) for question in part.questions
            ),
        )
        for part in questionnaire.parts
    )
    return compile_annex(
        Annex(
            language=batch.language,
            reference=batch.reference,
            year=edition.year,
            deadline_on=batch.deadline_on,
            dated_on=batch.dated_on,
            platform=settings.base_url,
            contact=settings.contact_email,
            proof=AnnexProof(VERIFIER, verifier_hash(), log_key),
            parts=parts,
        )
    )


def _question(question: Question, questionnaire: Questionnaire, language: str) -> AnnexQuestion:
    return AnnexQuestion(
        code=question.code,
        title=question.title,
        wording=question.wording,
        room=Room.DERIVED if question.derived else _ROOMS[question.type],
        notes=_notes(question, questionnaire),
        hint=_hint(question, language),
        audience=annex_text(language, f"audience_{question.publication}"),
        is_markable=question.publication is PublicationRule.CHOICE,
        is_required=question.required,
        options=tuple(option.text for option in question.options),
        columns=tuple(column.title for column in question.columns),
        rows=tuple(row.text for row in question.rows),
        blank_rows=0 if question.rows else min(question.max_rows, _MOST_BLANK_ROWS),
    )


def _notes(question: Question, questionnaire: Questionnaire) -> tuple[str, ...]:
    found = [question.help] if question.help else []
    if question.asked_if is not None:
        words = condition_words(questionnaire, question.asked_if)
        found.append(str(_("Only if %(condition)s.", condition=words)))
    return tuple(found)


def _hint(question: Question, language: str) -> str:
    if question.derived:
        return "" if question.help else annex_text(language, "derived")
    if question.ordered:
        return annex_text(language, "rank")
    if question.type is QuestionType.MULTIPLE:
        if question.max_choices:
            return annex_text(language, "choose_at_most", number=question.max_choices)
        return annex_text(language, "choose_many")
    if question.has_options:
        return annex_text(language, "choose_one")
    if question.type is QuestionType.FILE:
        formats = ", ".join(question.formats).upper()
        return annex_text(language, "attach", formats=formats)
    if question.has_rows and not question.rows:
        return annex_text(language, "rows", number=question.max_rows)
    if question.type is QuestionType.DATE:
        return annex_text(language, "date_hint")
    if question.type is QuestionType.LONG_TEXT:
        return annex_text(language, "characters", number=question.max_characters)
    return ""
