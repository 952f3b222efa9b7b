"""Style, script, fonts and mark: one address for each version, kept by browsers for a year."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, g, send_from_directory, url_for

from cooperation.access.guard import requires
from cooperation.access.policy import Permission

STATIC = Path(__file__).parent / "static"
YEAR = 31536000

blueprint = Blueprint("assets", __name__)


@cache
def version() -> str:
    """Return the hash over all files of the folder, so that an address never changes content."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(STATIC)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def asset(name: str) -> str:
    """Return the address of a file below static/."""
    return url_for("assets.file", name=name, build=version())


@blueprint.get("/static/<string:build>/<path:name>")
@requires(Permission.PUBLIC)
def file(build: str, name: str) -> Response:
    """Send one file; an address of another version is not kept."""
    response = send_from_directory(STATIC, name, conditional=True)
    if build == version():
        g.is_public_asset = True
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response
