"""A submission as a sealed PDF, for filing and sending."""

from uuid import UUID

from flask import g, make_response
from flask.typing import ResponseReturnValue

from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.responses import service
from cooperation.responses.views.blueprint import blueprint


@blueprint.get("/response/submissions/<uuid:submission_id>/pdf")
@requires(Permission.DOWNLOAD_RECEIPT, logs_reading=True, step_up=True)
def printed(submission_id: UUID) -> ResponseReturnValue:
    download = service.print_submission(g.context, str(submission_id))
    response = make_response(download.content)
    response.headers["Content-Type"] = download.content_type
    response.headers.set("Content-Disposition", "attachment", filename=download.name)
    return response
