"""A part's page: show, save, keep last year's answers."""

import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from flask import (
    flash,
    g,
    get_template_attribute,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.core.errors import FieldsRefused, Invalid
from cooperation.core.forms import number_typed
from cooperation.core.requests import is_autosave
from cooperation.core.text import Text, _
from cooperation.editions import service as editions
from cooperation.editions.rules import QUESTION_CODE, Finding, Function, placed
from cooperation.responses.blueprint import blueprint
from cooperation.responses.drafting.service import keeping
from cooperation.responses.drafting.service.answering import (
    PartPage,
    SaveResult,
    open_part,
    save_part,
)
from cooperation.responses.drafting.service.frame import ResponseReadyError
from cooperation.responses.drafting.service.overview import PartProgress, part_list
from cooperation.responses.drafting.service.reopening import NotMarkedReadyError, reopen
from cooperation.responses.drafting.views.allowed import may_reopen, may_write
from cooperation.responses.drafting.views.fields import (
    QuestionField,
    ShownConflict,
    field_of,
    shown_conflict,
)
from cooperation.responses.drafting.views.keeping import (
    OFFER,
    asks_before_replacing,
    keep_all,
    keep_blanks,
    keep_one,
    offers_keeping,
)
from cooperation.responses.rules import (
    Choice,
    DraftRecord,
    Fields,
    Settling,
    other_seen,
    read_page_key,
)


@dataclass(frozen=True)
class PageErrors:
    """What of a page was not saved: sentences by field id, conflicts by question.

    `texts` are the codes of the questions whose typed text stands on the page and nowhere else;
    `joined` is both texts of a question, put into its field.
    """

    errors: tuple[Finding, ...] = ()
    conflicts: tuple[ShownConflict, ...] = ()
    texts: frozenset[str] = frozenset()
    joined: Mapping[str, DraftRecord] = field(default_factory=dict)

    @property
    def by_field(self) -> dict[str, Text]:
        """The first sentence for each field."""
        return dict(reversed(self.errors))

    @property
    def listed(self) -> list[tuple[str, Text]]:
        """What the summary on top of the page links to."""
        found = list(self.errors)
        for conflict in self.conflicts:
            code = conflict.texts.question
            sentence = _("%(code)s: there are two texts. Choose between them.", code=code)
            found.append((f"{code}-conflict", sentence))
        return found


NO_ERRORS = PageErrors()
_FIELD = re.compile(rf"{QUESTION_CODE}(\.[A-Za-z0-9_-]{{1,60}}){{0,3}}")


@blueprint.get("/response/<edition:edition_id>/parts/<string(maxlength=8):part_code>")
@requires(Permission.READ_OWN_RESPONSE)
def part(edition_id: str, part_code: str) -> ResponseReturnValue:
    return _page(edition_id, part_code)


@blueprint.post("/response/<edition:edition_id>/parts/<string(maxlength=8):part_code>")
@requires(Permission.WRITE_ANSWER, locks_late=True)
def save(edition_id: str, part_code: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    fields = without_row(_sent_fields(), request.form.get("_remove_row", ""))
    settling = _settling(fields)
    page_key = read_page_key(request.form.get("_page", ""))
    is_by_script = is_autosave(request.headers)
    try:
        _reopen_if_asked(ctx, edition_id)
        result = save_part(
            ctx,
            edition_id=edition_id,
            part_code=part_code,
            fields=fields,
            page=page_key,
            settling=settling,
        )
    except Invalid as error:
        return _page(edition_id, part_code, fields, _nothing_saved(fields, error.errors)), 422
    except ResponseReadyError as error:
        if is_by_script:
            return jsonify(status="ready", sentence=str(error.sentence)), 409
        return _page(edition_id, part_code, fields, _nothing_saved(fields)), 409
    if is_by_script:
        return _acknowledged(result)
    if result.joined is None and not result.left_out:
        return _go_on(ctx, edition_id, part_code, result)
    g.is_partial = True
    page = _page(edition_id, part_code, fields, _not_saved(ctx, result, settling))
    return page, 409 if result.conflicts else 422 if result.refused else 200


def _nothing_saved(fields: Fields, errors: tuple[Finding, ...] = ()) -> PageErrors:
    """Return what a page says where none of its texts was saved."""
    texts = (name.removesuffix(".version") for name in fields if name.endswith(".version"))
    return PageErrors(errors=errors, texts=frozenset(texts))


def _settling(fields: Fields) -> Settling | None:
    """Return the decision between two texts whose button was pressed (`Q:choice`), or None."""
    code, _colon, choice = request.form.get("_settle", "").partition(":")
    if choice not in set(Choice):
        return None
    return Settling(code, Choice(choice), other_seen(code, fields))


def _not_saved(ctx: RequestContext, result: SaveResult, settling: Settling | None) -> PageErrors:
    """Return what a page says of a save that left something out."""
    joined = {}
    if settling is not None and result.joined is not None:
        joined = {settling.question: result.joined}
    return PageErrors(
        errors=tuple(finding for listed in result.refused.values() for finding in listed),
        conflicts=tuple(shown_conflict(ctx, conflict) for conflict in result.conflicts),
        texts=frozenset(result.left_out) | frozenset(joined),
        joined=joined,
    )


def _reopen_if_asked(ctx: RequestContext, edition_id: str) -> None:
    """Reopen the response that was marked ready while she typed; somebody else may have done so."""
    reason = request.form.get("reason", "")
    if request.form.get("then") == "reopen":
        with suppress(NotMarkedReadyError):
            reopen(ctx, edition_id=edition_id, reason=reason)


def _sent_fields() -> dict[str, list[str]]:
    """Return the fields of questions; only a choice may come more than once."""
    found = {name: request.form.getlist(name) for name in request.form if _FIELD.fullmatch(name)}
    if any(len(values) > 1 and "." in name for name, values in found.items()):
        raise FieldsRefused
    return found


def without_row(fields: Fields, pressed: str) -> Fields:
    """Return the fields without the row whose "Remove" button was `pressed` (ID:index from 0)."""
    question, _colon, index = pressed.partition(":")
    place = number_typed(index)
    if place < 0:
        return fields
    removed = f"{question}.{place + 1}."
    return {name: values for name, values in fields.items() if not name.startswith(removed)}


def _acknowledged(result: SaveResult) -> ResponseReturnValue:
    """Answer the page's script. The reply is kept with its key: it names questions, never texts."""
    return jsonify(
        status="partly" if result.left_out else "saved",
        at=f"{result.at:%H:%M}",
        left_out=result.left_out,
        versions={f"{code}.version": str(seen) for code, seen in result.seen.items()},
        problems={name: str(sentence) for name, sentence in reversed(result.problems)},
        standing=_standing(result),
        unfit=_uncounted(result.unfit),
    )


def _uncounted(unfit: tuple[Finding, ...]) -> dict[str, str] | None:
    """Return what the line says of entries that do not count yet, and where the first one is."""
    if not unfit:
        return None
    words = get_template_attribute("responses/_standing.html", "uncounted")(len(unfit))
    return {"words": str(words).strip(), "at": unfit[0][0]}


def _standing(result: SaveResult) -> str:
    """Return what the line says beside the hour, where the State has submitted before."""
    if result.differs_from is None:
        return ""
    return str(get_template_attribute("responses/_standing.html", "changed")(result.differs_from))


def _go_on(
    ctx: RequestContext, edition_id: str, part_code: str, result: SaveResult
) -> ResponseReturnValue:
    """Do what the pressed button asks for besides saving, and go to the next page.

    What was kept with a problem is shown before the next part is: once, as it may stay so.
    """
    act, _colon, question = request.form.get("then", "").partition(":")
    here = url_for("responses.part", edition_id=edition_id, part_code=part_code)
    for name in ("_add_row", "_remove_row"):
        table = request.form.get(name, "").partition(":")[0]
        if table:
            return redirect(f"{here}?more={table}#{table}", 303)
    if act == "next" and not result.problems:
        return redirect(_next_address(ctx, edition_id, part_code), 303)
    if act == "keep_all":
        return keep_all(ctx, edition_id)
    if act == "keep" and question:
        return keep_one(ctx, edition_id, part_code, question)
    if act == "keep":
        return keep_blanks(ctx, edition_id, part_code)
    if act == "files":
        address = url_for("responses.files", edition_id=edition_id, question_code=question)
        return redirect(address, 303)
    _tell_saved(result)
    return redirect(f"{here}#{question}" if act == "leave" else here, 303)


def _tell_saved(result: SaveResult) -> None:
    if result.is_first_change:
        sentence = _(
            "Draft saved. This begins a correction of submission %(number)s: it takes effect once "
            "the response is marked ready and signed again.",
            number=result.differs_from,
        )
        flash(str(sentence), "warn")
    if not result.problems:
        if not result.is_first_change:
            flash(str(_("Draft saved.")))
        return
    sentence = _("Draft saved. What does not count yet is kept as you typed it; it is named below.")
    flash(str(sentence), "warn")


def _next_address(ctx: RequestContext, edition_id: str, part_code: str) -> str:
    asked = editions.questionnaire(ctx.session, edition_id)
    following = asked.part_after(part_code)
    if following is None:
        return url_for("responses.overview", edition_id=edition_id)
    is_said = asked.code_of(Function.KIND_OF_REPLY) in request.form
    offers = is_said and keeping.offers_keeping(ctx, edition_id=edition_id)
    return url_for(
        "responses.part",
        edition_id=edition_id,
        part_code=following.code,
        offer=OFFER if offers else None,
    )


def _page(
    edition_id: str,
    part_code: str,
    typed: Fields | None = None,
    refused: PageErrors = NO_ERRORS,
) -> str:
    ctx: RequestContext = g.context
    state = open_part(ctx, edition_id=edition_id, part_code=part_code)
    fields = _fields(state, typed, refused)
    is_kept = typed is not None and state.ready is not None
    shows_form = is_kept or may_write(ctx, state.frame)
    return render_template(
        "responses/part.html",
        state=state,
        edition=state.frame.edition,
        **_place_of(state),
        fields=fields,
        errors=refused.listed,
        unfit=_unfit(state),
        unsaved=[] if is_kept else sorted(refused.texts),
        texts=sorted(refused.texts),
        is_saved_today=state.saved_at is not None and state.saved_at.date() == ctx.now.date(),
        page_key=f"{secrets.token_hex(16)}.0",
        marked=state.marked,
        tasks=[
            *task_items(part_list(ctx, state.frame), edition_id, part_code),
            _overview_item(edition_id),
        ],
        may_write=shows_form,
        is_kept=is_kept,
        may_reopen=may_reopen(ctx, state.frame),
        reason=request.form.get("reason", "") if is_kept else "",
        offers_keeping=not is_kept and shows_form and offers_keeping(ctx, state),
        can_keep=not is_kept and any(field.state.earlier is not None for field in fields),
    )


def _place_of(state: PartPage) -> dict[str, object]:
    """Return where the part stands among the others."""
    questionnaire, code = state.frame.questionnaire, state.part.code
    return {
        "part": state.part,
        "number": questionnaire.part_number(code),
        "total": len(questionnaire.parts),
        "before": questionnaire.part_before(code),
        "after": questionnaire.part_after(code),
    }


def _unfit(state: PartPage) -> list[Finding]:
    """Return what of the part does not count yet, each with its question named."""
    return [
        placed(each.question, found)
        for each in state.questions
        for found in each.problems
        if each.is_asked
    ]


def _fields(state: PartPage, typed: Fields | None, refused: PageErrors) -> list[QuestionField]:
    conflicts = {conflict.texts.question: conflict for conflict in refused.conflicts}
    more = request.args.get("more", "")
    return [
        field_of(
            each,
            typed=typed if each.question.code in refused.texts else None,
            joined=refused.joined.get(each.question.code),
            errors=_own(refused.by_field, each.question.code),
            conflict=conflicts.get(each.question.code),
            wants_more_rows=more == each.question.code,
            asks_before_replacing=asks_before_replacing(each),
        )
        for each in state.questions
    ]


def _own(errors: Mapping[str, Text], code: str) -> dict[str, Text]:
    prefix = f"{code}."
    return {
        name: sentence
        for name, sentence in errors.items()
        if name == code or name.startswith(prefix)
    }


KINDS = {"not_started": "neutral", "in_progress": "progress", "done": "done"}


def task_items(
    parts: tuple[PartProgress, ...], edition_id: str, current: str = ""
) -> list[dict[str, object]]:
    """Return the task list of parts as the page kit draws it."""
    return [
        {
            "href": url_for("responses.part", edition_id=edition_id, part_code=each.part.code),
            "text": each.part.title,
            "status": each.status.label,
            "kind": KINDS[each.status],
            "current": each.part.code == current,
        }
        for each in parts
    ]


def _overview_item(edition_id: str) -> dict[str, object]:
    return {
        "href": url_for("responses.overview", edition_id=edition_id),
        "text": _("Check, sign and submit"),
        "status": None,
        "current": False,
    }
