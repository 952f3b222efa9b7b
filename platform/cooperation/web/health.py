"""One word for the watchman: the process answers, its database and its key too. Nothing is told.

A proxy may ask here whom to send people to. Little space is no reason to send nobody: reading goes
on.
"""

from flask import Blueprint, Response

from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.circles import service as circles
from cooperation.core.db import DatabaseFailedError
from cooperation.vault.errors import KeysAway
from cooperation.web.server import server

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
@requires(Permission.PUBLIC)
def health() -> Response:
    """Answer `ok` after a question to the database; 503 where it or the root key is away."""
    held = server()
    try:
        held.root.require_at_hand()
        with held.database.reading() as session:
            circles.instance_id(session)
    except (DatabaseFailedError, KeysAway):
        return Response("unavailable\n", 503, mimetype="text/plain")
    return Response("ok\n", mimetype="text/plain")
