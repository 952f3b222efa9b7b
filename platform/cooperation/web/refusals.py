"""Refused requests, one line of the server's log each (ASVS 16.3.2, 16.3.3).

Who tried what and was refused stands there for whoever watches the machine: the person's random
id, the view and the status; never an address, a query, a field or a name. What was allowed and
reads another institution's answers stands in the audit log.
"""

import structlog
from flask import Response, g, request

from cooperation.core.requests import request_id

log = structlog.get_logger("cooperation")

REFUSED = frozenset({400, 401, 403, 404, 405, 409, 413, 415, 421, 422, 429})
"""Statuses that say no: to a wrong form, to a stranger, to a role, to another State's object."""


def log_refusal(response: Response) -> Response:
    """Write the line of a refused request; hand the response on unchanged."""
    if response.status_code in REFUSED:
        signed_in = g.get("signed_in")
        log.info(
            "request refused",
            request=request_id.get(),
            status=response.status_code,
            view=request.endpoint or "none",
            method=request.method if request.url_rule else "other",
            person=signed_in.actor.person_id if signed_in else None,
            institution=signed_in.actor.institution.value if signed_in else None,
        )
    return response
