"""Undo: the button beside the message that reports an act, and what it leads to."""

from flask import flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.core.text import Text, _, ngettext
from cooperation.core.undo import UNDO, WayBack
from cooperation.responses.blueprint import blueprint
from cooperation.responses.drafting.service.undoing import Undone, undo_answers
from cooperation.responses.rules import Versions, write_made

PART, FILES, ANSWERS = "part", "files", "answers"
"""The page on which an act was reported, and to which undoing it leads back."""


def tell_with_undo(sentence: Text, edition_id: str, made: Versions, page: str) -> None:
    """Report an act on the next page, with a button that undoes it."""
    flash(str(sentence))
    if made:
        address = url_for("responses.undo", edition_id=edition_id)
        flash(WayBack(address, {"made": write_made(made), "page": page}).to_json(), UNDO)


@blueprint.post("/response/<edition:edition_id>/undo")
@requires(Permission.WRITE_ANSWER)
def undo(edition_id: str) -> ResponseReturnValue:
    made, page = request.form.get("made", ""), request.form.get("page", "")
    undone = undo_answers(g.context, edition_id=edition_id, made=made)
    _tell(undone)
    return redirect(_address(edition_id, undone, page), 303)


def _tell(undone: Undone) -> None:
    if undone.questions:
        sentence = ngettext(
            "Undone: %(number)s answer is as it was before.",
            "Undone: %(number)s answers are as they were before.",
            len(undone.questions),
        )
        flash(str(sentence))
    if undone.changed:
        codes = ", ".join(undone.changed)
        flash(str(_("Changed since, and left as it is: %(codes)s.", codes=codes)), "warn")
    if undone.lost:
        codes = ", ".join(undone.lost)
        sentence = _(
            "What was there before is deleted and cannot come back: %(codes)s.", codes=codes
        )
        flash(str(sentence), "warn")


def _address(edition_id: str, undone: Undone, page: str) -> str:
    if page == ANSWERS:
        return url_for("responses.overview", edition_id=edition_id)
    told = (*undone.questions, *undone.changed, *undone.lost)
    if page == FILES:
        return url_for("responses.files", edition_id=edition_id, question_code=told[0])
    here = url_for("responses.part", edition_id=edition_id, part_code=undone.part_code)
    return f"{here}#{told[0]}" if len(told) == 1 else here
