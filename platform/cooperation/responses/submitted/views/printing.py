"""A submission as a sealed PDF, for filing and sending."""

from uuid import UUID

from flask import g
from flask.typing import ResponseReturnValue

from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.responses.blueprint import blueprint
from cooperation.responses.submitted.service.printing import print_submission


@blueprint.get("/response/submissions/<uuid:submission_id>/pdf")
@requires(Permission.DOWNLOAD_RECEIPT, logs_reading=True, step_up=True)
def printed(submission_id: UUID) -> ResponseReturnValue:
    return print_submission(g.context, str(submission_id)).sent()
