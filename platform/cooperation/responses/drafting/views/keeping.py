"""Keeping last year's answers: one, those of a part that are blank, all that are blank."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.core.text import _, ngettext
from cooperation.editions import service as editions
from cooperation.editions.rules import Function
from cooperation.responses.drafting.service import keeping
from cooperation.responses.drafting.service.answering import PartPage, QuestionEntry
from cooperation.responses.drafting.service.keeping import (
    AnsweredThisYearError,
    NothingToKeepError,
    keep_answer,
    keep_everything,
    keep_part,
)
from cooperation.responses.drafting.views.undoing import ANSWERS, PART, tell_with_undo
from cooperation.responses.rules import read_seen

OFFER = "keep"
"""What `?offer=` says on a page that offers to keep everything."""
_ASKED = "keep"


def keep_one(
    ctx: RequestContext, edition_id: str, part_code: str, wanted: str
) -> ResponseReturnValue:
    """Keep the answer to one question; ask first where it stands against another of this year.

    `wanted` is the question's code, followed by the version to replace where she was asked.
    """
    code, _colon, over = wanted.partition(":")
    here = url_for("responses.part", edition_id=edition_id, part_code=part_code)
    try:
        kept = keep_answer(ctx, edition_id=edition_id, question_code=code, over=read_seen(over))
    except AnsweredThisYearError:
        return redirect(f"{here}?{_ASKED}={code}#{code}-keep", 303)
    except NothingToKeepError as error:
        flash(str(error.sentence), "warn")
    else:
        sentence = _("%(code)s: last year's answer is kept.", code=code)
        tell_with_undo(sentence, edition_id, kept.made, PART)
    return redirect(f"{here}#{code}", 303)


def asks_before_replacing(state: QuestionEntry) -> bool:
    """Tell whether the page asks which answer counts: the earlier one or that of this year."""
    return request.args.get(_ASKED) == state.question.code and state.has_other_this_year


def keep_blanks(ctx: RequestContext, edition_id: str, part_code: str) -> ResponseReturnValue:
    """Keep last year's answers for all that is blank in a part."""
    kept = keep_part(ctx, edition_id=edition_id, part_code=part_code)
    sentence = ngettext("%(number)s answer kept.", "%(number)s answers kept.", len(kept.questions))
    tell_with_undo(sentence, edition_id, kept.made, PART)
    return redirect(url_for("responses.part", edition_id=edition_id, part_code=part_code), 303)


def keep_all(ctx: RequestContext, edition_id: str) -> ResponseReturnValue:
    """Keep all of last year's answers and lead on to what is left to check."""
    address = url_for("responses.overview", edition_id=edition_id)
    try:
        kept = keep_everything(ctx, edition_id=edition_id)
    except NothingToKeepError as error:
        flash(str(error.sentence))
        return redirect(address, 303)
    asked = editions.questionnaire(ctx.session, edition_id)
    sentence = ngettext(
        "%(number)s answer kept. Check sections %(sections)s, then go to signature.",
        "%(number)s answers kept. Check sections %(sections)s, then go to signature.",
        len(kept.questions),
        sections=str(_(" and ")).join(asked.sections_with_functions),
    )
    tell_with_undo(sentence, edition_id, kept.made, ANSWERS)
    return redirect(address, 303)


def offers_keeping(ctx: RequestContext, state: PartPage) -> bool:
    """Tell whether the page offers to keep everything: beside that question, and once after it."""
    is_beside = any(each.question.function is Function.KIND_OF_REPLY for each in state.questions)
    if not is_beside and request.args.get("offer") != OFFER:
        return False
    return keeping.offers_keeping(ctx, edition_id=state.frame.edition.id)
