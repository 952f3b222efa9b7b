"""Reports of browsers that a page broke its content policy: counted, never kept.

A report quotes addresses and script, so nothing of it is written but the names of directives that
the policy knows. One log line a minute at most, with the number since the last.
"""

import time
from collections import Counter
from typing import ClassVar

import structlog
from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.core.documents import DocumentRefusedError, read_json
from cooperation.web.headers import CONTENT_POLICY, REPORTS

log = structlog.get_logger("cooperation")

blueprint = Blueprint("reports", __name__)

REPORT_BYTES = 32 * 1024
_TYPES = frozenset({"application/csp-report", "application/reports+json"})
_MOST = 20
_EVERY = 60.0
_DIRECTIVES = frozenset(part.split()[0] for part in CONTENT_POLICY.split("; ")) | {
    "script-src-elem",
    "script-src-attr",
    "style-src-elem",
    "style-src-attr",
}


class _Counted:
    """What this process has counted since its last line."""

    numbers: ClassVar[Counter[str]] = Counter()
    told_at = -_EVERY


@blueprint.post(REPORTS)
@requires(Permission.PUBLIC)
def receive() -> Response:
    """Count the reports of a body in one of the two formats that browsers send."""
    body = request.get_data(cache=False)
    if request.mimetype not in _TYPES:
        raise UnsupportedMediaType
    try:
        found = directives_of(read_json(body.decode(), longest=REPORT_BYTES))
    except (DocumentRefusedError, UnicodeDecodeError) as failure:
        raise BadRequest from failure
    _count(found)
    return Response(status=204)


def directives_of(document: object) -> list[str]:
    """Return the directive of each report, `other` for a name that the policy does not know."""
    reports = document if isinstance(document, list) else [document]
    found = []
    for report in reports[:_MOST]:
        fields = report if isinstance(report, dict) else {}
        body = fields.get("csp-report", fields.get("body"))
        if isinstance(body, dict):
            names = (body.get("effective-directive"), body.get("effectiveDirective"))
            name = next((each for each in names if isinstance(each, str)), "")
            found.append(name if name in _DIRECTIVES else "other")
    return found


def _count(directives: list[str]) -> None:
    _Counted.numbers.update(directives)
    now = time.monotonic()
    if _Counted.numbers and now - _Counted.told_at >= _EVERY:
        log.warning("content policy broken", **dict(_Counted.numbers))
        _Counted.numbers.clear()
        _Counted.told_at = now
