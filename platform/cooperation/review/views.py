"""The review at /review: the list of States, a State's submission part by part, decisions."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.core.errors import Invalid
from cooperation.core.text import _, ngettext
from cooperation.editions import service as editions
from cooperation.review.forms import DecisionsForm, ListFilter, decisions_form
from cooperation.review.rules import Decision, ReviewStatus
from cooperation.review.service import deciding
from cooperation.review.service.deciding import approve_pending
from cooperation.review.service.reading import (
    ReviewPage,
    list_reviews,
    read_file,
    read_part,
    show_part,
)

blueprint = Blueprint("review", __name__, template_folder="templates", url_prefix="/review")


@blueprint.get("")
@requires(Permission.READ_SUBMISSION)
def current() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    edition = editions.current(ctx.session)
    if edition is None or not edition.is_frozen:
        return render_template("layout/no_edition.html", title=_("Review of submissions"))
    return redirect(url_for("review.states", edition_id=edition.id), 303)


@blueprint.get("/<edition:edition_id>")
@requires(Permission.READ_SUBMISSION)
def states(edition_id: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form = ListFilter(request.args)
    reviews = list_reviews(ctx, edition_id)
    is_valid = form.validate()
    status = (form.status.data or "") if is_valid else ""
    group = (form.group.data or "") if is_valid else ""
    waiting = [each for each in reviews if each.tally is not None and each.tally.pending]
    waiting.sort(key=lambda each: each.submission.submitted_at if each.submission else ctx.now)
    return render_template(
        "review/states.html",
        edition=editions.edition(ctx.session, edition_id),
        editions=[each for each in editions.editions(ctx.session) if each.is_frozen],
        form=form,
        reviews=[
            each
            for each in reviews
            if status in ("", each.status) and group in ("", each.participant.group)
        ],
        counts={each: sum(review.status is each for review in reviews) for each in ReviewStatus},
        total=len(reviews),
        following=waiting[0] if waiting else None,
    )


@blueprint.get("/<edition:edition_id>/<string(maxlength=8):state_code>")
@requires(Permission.READ_SUBMISSION, logs_reading=True)
def state(edition_id: str, state_code: str) -> ResponseReturnValue:
    page = read_part(g.context, edition_id, state_code, request.args.get("part"))
    return _state_page(page, _form_of(page))


@blueprint.post("/<edition:edition_id>/<string(maxlength=8):state_code>/<part>/decide")
@requires(Permission.REVIEW_ANSWER, logs_reading=True)
def decide(edition_id: str, state_code: str, part: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    page = show_part(ctx, edition_id, state_code, part)
    codes = [each.question.code for each in page.answers if each.can_be_decided]
    form = decisions_form(codes, request.form)
    if not form.validate():
        return _read_again(page, form)
    try:
        number = deciding.decide(
            ctx,
            edition_id,
            state_code,
            submission_id=form.submission.data or "",
            verdicts=form.verdicts(codes),
        )
    except Invalid as refusal:
        for name, sentence in refusal.errors:
            form[name].errors = [str(sentence)]
        return _read_again(page, form)
    flash(str(ngettext("%(number)s decision saved.", "%(number)s decisions saved.", number)))
    return _onward(edition_id, state_code, part)


@blueprint.post("/<edition:edition_id>/<string(maxlength=8):state_code>/approve")
@requires(Permission.REVIEW_ANSWER)
def approve(edition_id: str, state_code: str) -> ResponseReturnValue:
    part = request.form.get("part") or None
    number = approve_pending(
        g.context,
        edition_id,
        state_code,
        submission_id=request.form.get("submission", ""),
        part_code=part,
    )
    flash(str(ngettext("%(number)s answer approved.", "%(number)s answers approved.", number)))
    return _onward(edition_id, state_code, part)


@blueprint.get(
    "/<edition:edition_id>/<string(maxlength=8):state_code>"
    "/files/<string(maxlength=12):question>/<uuid:file_id>"
)
@requires(Permission.READ_SUBMISSION, logs_reading=True)
def file(edition_id: str, state_code: str, question: str, file_id: UUID) -> ResponseReturnValue:
    return read_file(g.context, edition_id, state_code, question, str(file_id)).sent()


def _read_again(page: ReviewPage, form: DecisionsForm) -> ResponseReturnValue:
    """Give the form back with the answers, which is one more reading and logged as such."""
    state_code = page.participant.state_code
    found = read_part(g.context, page.edition.id, state_code, page.part.code)
    return _state_page(found, form), 422


def _onward(edition_id: str, state_code: str, part: str | None) -> ResponseReturnValue:
    """Go to the next part with something to decide, else back to where she was."""
    found = show_part(g.context, edition_id, state_code, part)
    chosen = part if found.tally_of_part(found.part.code).pending else None
    following = chosen or (found.next_part.code if found.next_part else part)
    address = url_for("review.state", edition_id=edition_id, state_code=state_code, part=following)
    return redirect(address, 303)


def _form_of(page: ReviewPage) -> DecisionsForm:
    data: dict[str, object] = {"submission": page.submission.id}
    decided = [each for each in page.answers if each.can_be_decided]
    for each in decided:
        code = each.question.code
        data[f"decision.{code}"] = each.head.decision.value
        data[f"reason.{code}"] = each.reason
        data[f"seen.{code}"] = str(each.head.version)
    return decisions_form([each.question.code for each in decided], data=data)


def _state_page(page: ReviewPage, form: DecisionsForm) -> str:
    file_url = url_for(
        "review.file",
        edition_id=page.edition.id,
        state_code=page.participant.state_code,
        question="QUESTION",
        file_id="00000000-0000-4000-8000-000000000000",
    ).replace("00000000-0000-4000-8000-000000000000", "{file}")
    return render_template(
        "review/state.html", page=page, form=form, file_url=file_url, decisions=Decision
    )
