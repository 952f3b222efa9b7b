"""One word for the watchman: the process answers and its database too. Nothing else is told."""

from flask import Blueprint, Response

from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.web.server import server

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
@requires(Permission.PUBLIC)
def health() -> Response:
    """Answer `ok` after a question to the database."""
    with server().database.reading():
        return Response("ok\n", mimetype="text/plain")
