"""The files of a question: list, add, remove, download."""

from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.core.errors import Invalid
from cooperation.core.text import Text, _
from cooperation.responses.blueprint import blueprint
from cooperation.responses.drafting.service import files as files_service
from cooperation.responses.drafting.service.files import open_files, own_submitted_file
from cooperation.responses.drafting.views.allowed import may_write
from cooperation.responses.drafting.views.undoing import FILES, tell_with_undo

_FILES = "/response/<edition:edition_id>/files/<string(maxlength=12):question_code>"


@blueprint.get(_FILES)
@requires(Permission.READ_OWN_RESPONSE)
def files(edition_id: str, question_code: str) -> ResponseReturnValue:
    return _page(edition_id, question_code)


@blueprint.post(_FILES)
@requires(Permission.WRITE_ANSWER, takes_files=True)
def add_file(edition_id: str, question_code: str) -> ResponseReturnValue:
    upload = request.files.get("file")
    name = (upload.filename or "") if upload else ""
    if upload is None or not name:
        return _page(edition_id, question_code, (("file", _("Choose a file.")),)), 422
    try:
        files_service.add_file(
            g.context,
            edition_id=edition_id,
            question_code=question_code,
            name=name,
            content=upload.stream.read(),
        )
    except Invalid as error:
        errors = tuple(("file", sentence) for _field, sentence in error.errors)
        return _page(edition_id, question_code, errors), 422
    flash(str(_("File added and saved.")))
    return redirect(_address(edition_id, question_code), 303)


@blueprint.post(f"{_FILES}/<uuid:file_id>/remove")
@requires(Permission.WRITE_ANSWER)
def remove_file(edition_id: str, question_code: str, file_id: UUID) -> ResponseReturnValue:
    made = files_service.remove_file(
        g.context, edition_id=edition_id, question_code=question_code, file_id=str(file_id)
    )
    tell_with_undo(_("File removed."), edition_id, made, FILES)
    return redirect(_address(edition_id, question_code), 303)


@blueprint.get(f"{_FILES}/<uuid:file_id>")
@requires(Permission.READ_OWN_RESPONSE)
def draft_file(edition_id: str, question_code: str, file_id: UUID) -> ResponseReturnValue:
    found = files_service.draft_file(
        g.context, edition_id=edition_id, question_code=question_code, file_id=str(file_id)
    )
    return found.sent()


@blueprint.get(
    "/response/submissions/<uuid:submission_id>/files/<string(maxlength=12):question_code>"
    "/<uuid:file_id>"
)
@requires(Permission.READ_OWN_RESPONSE)
def submitted_file(submission_id: UUID, question_code: str, file_id: UUID) -> ResponseReturnValue:
    found = own_submitted_file(
        g.context,
        submission_id=str(submission_id),
        question_code=question_code,
        file_id=str(file_id),
    )
    return found.sent()


def _address(edition_id: str, question_code: str) -> str:
    return url_for("responses.files", edition_id=edition_id, question_code=question_code)


def _page(edition_id: str, question_code: str, errors: tuple[tuple[str, Text], ...] = ()) -> str:
    ctx: RequestContext = g.context
    state = open_files(ctx, edition_id=edition_id, question_code=question_code)
    return render_template(
        "responses/files.html",
        state=state,
        edition=state.frame.edition,
        question=state.question,
        files=state.record.answer.files,
        accept=",".join(f".{ending}" for ending in state.question.endings),
        errors=errors,
        may_write=may_write(ctx, state.frame),
    )
