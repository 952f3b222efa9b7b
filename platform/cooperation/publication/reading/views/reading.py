"""Reading at /published: by State, by question, files, export."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, requires
from cooperation.access.policy import Permission
from cooperation.core.text import _
from cooperation.editions import service as editions
from cooperation.publication.blueprint import blueprint, frozen_editions, of_current_edition
from cooperation.publication.forms import ReaderFilter
from cooperation.publication.reading.service.collecting import reads_for_court
from cooperation.publication.reading.service.exporting import download_file, export_answers
from cooperation.publication.reading.service.proving import NoCheckpointError, export_proofs
from cooperation.publication.reading.service.reading import list_states, read_question, read_state

_NO_FILE = UUID(int=0)


@blueprint.get("/published")
@requires(Permission.READ_PUBLISHED)
def published() -> ResponseReturnValue:
    return of_current_edition(g.context, "publication.states", _("Published answers"))


@blueprint.get("/published/<edition:edition_id>")
@requires(Permission.READ_PUBLISHED)
def states(edition_id: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form = ReaderFilter(request.args)
    group = (form.group.data or "") if form.validate() else ""
    found = list_states(ctx, edition_id)
    return render_template(
        "publication/states.html",
        edition=editions.visible_edition(ctx, edition_id),
        editions=frozen_editions(ctx),
        form=form,
        states=[each for each in found if group in ("", each.participant.group)],
        readable=sum(bool(each.published or each.confidential) for each in found),
        total=len(found),
        published=sum(each.published for each in found),
        confidential=sum(each.confidential for each in found),
        is_for_court=reads_for_court(ctx),
    )


@blueprint.get("/published/<edition:edition_id>/questions")
@requires(Permission.READ_PUBLISHED)
def questions(edition_id: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    return render_template(
        "publication/questions.html",
        edition=editions.visible_edition(ctx, edition_id),
        editions=frozen_editions(ctx),
        questionnaire=editions.questionnaire(ctx.session, edition_id),
    )


@blueprint.get("/published/<edition:edition_id>/states/<string(maxlength=8):state_code>")
@requires(Permission.READ_PUBLISHED, logs_reading=True)
def state(edition_id: str, state_code: str) -> ResponseReturnValue:
    page = read_state(g.context, edition_id, state_code)
    return render_template(
        "publication/state.html",
        page=page,
        file_url=_file_url(edition_id, state_code),
        may_retract=is_allowed(g.context.actor, Permission.PROPOSE_RETRACTION),
    )


@blueprint.get("/published/<edition:edition_id>/questions/<string(maxlength=12):code>")
@requires(Permission.READ_PUBLISHED, logs_reading=True)
def question(edition_id: str, code: str) -> ResponseReturnValue:
    page = read_question(g.context, edition_id, code)
    return render_template(
        "publication/question.html", page=page, file_url=_file_url(edition_id, "STATE")
    )


@blueprint.get("/published/<edition:edition_id>/export")
@requires(Permission.EXPORT_PUBLISHED, logs_reading=True, step_up=True)
def export(edition_id: str) -> ResponseReturnValue:
    download = export_answers(
        g.context,
        edition_id,
        state_code=request.args.get("state") or None,
        question_code=request.args.get("question") or None,
    )
    return download.sent()


@blueprint.get("/published/<edition:edition_id>/proofs")
@requires(Permission.EXPORT_PUBLISHED, logs_reading=True, step_up=True)
def proofs(edition_id: str) -> ResponseReturnValue:
    """Hand over answers with proofs; where no checkpoint holds them yet, have one issued."""
    try:
        download = export_proofs(
            g.context,
            edition_id,
            state_code=request.args.get("state") or None,
            question_code=request.args.get("question") or None,
        )
    except NoCheckpointError as failure:
        g.wants_checkpoint = True
        flash(str(failure.sentence), "warn")
        return redirect(url_for("publication.states", edition_id=edition_id), 303)
    return download.sent()


@blueprint.get(
    "/published/<edition:edition_id>/states/<string(maxlength=8):state_code>"
    "/files/<string(maxlength=12):code>/<uuid:file_id>"
)
@requires(Permission.READ_PUBLISHED, logs_reading=True)
def file(edition_id: str, state_code: str, code: str, file_id: UUID) -> ResponseReturnValue:
    return download_file(g.context, edition_id, state_code, code, str(file_id)).sent()


def _file_url(edition_id: str, state_code: str) -> str:
    """Return the address of a file with QUESTION and {file} where the template puts them."""
    address = url_for(
        "publication.file",
        edition_id=edition_id,
        state_code=state_code,
        code="QUESTION",
        file_id=_NO_FILE,
    )
    return address.replace(str(_NO_FILE), "{file}")
