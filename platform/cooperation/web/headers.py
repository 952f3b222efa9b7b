"""The security headers of every response, errors and redirects too (reliability 3).

No inline script, style or handler anywhere, no other origin; a download has no rights at all. What
gunicorn answers by itself carries the same list (`worker`).
"""

from flask import Response, g, request

from cooperation.core.downloads import DISPOSITION
from cooperation.core.errors import Broken
from cooperation.web.server import server

REPORTS = "/csp-reports"

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
        "require-trusted-types-for 'script'",
        f"report-uri {REPORTS}",
        "report-to csp",
    )
)
DOWNLOAD_POLICY = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'"
"""What is kept and never shown gets no rights, should a browser show it all the same."""
_DENIED = (
    "accelerometer",
    "autoplay",
    "camera",
    "clipboard-read",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
FEATURES = ", ".join(
    [f"{name}=()" for name in _DENIED]
    + ["publickey-credentials-create=(self)", "publickey-credentials-get=(self)"]
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": FEATURES,
    "X-Frame-Options": "DENY",
    "Reporting-Endpoints": f'csp="{REPORTS}"',
}
STRICT_TRANSPORT = "max-age=63072000; includeSubDomains; preload"
"""Two years."""


def fixed_headers(*, is_https: bool) -> dict[str, str]:
    """Return what every response without content of ours carries."""
    found = {"Content-Security-Policy": CONTENT_POLICY, **HEADERS, "Cache-Control": "no-store"}
    if is_https:
        found["Strict-Transport-Security"] = STRICT_TRANSPORT
    return found


class UnwritableHeader(Broken):
    """An answer has a header that is not printable ASCII: typed text got in without its coding."""


def require_writable(response: Response) -> None:
    """Raise `UnwritableHeader` where the server would refuse the answer.

    It does so after the commit: what was never delivered would stand in the log as read.
    """
    for _name, value in response.get_wsgi_headers(request.environ):
        if not (value.isascii() and value.isprintable()):
            raise UnwritableHeader


def add_headers(response: Response) -> Response:
    """Set every header of the list; what is not marked as public is never stored."""
    is_download = response.headers.get(DISPOSITION, "").startswith("attachment")
    policy = DOWNLOAD_POLICY if is_download else CONTENT_POLICY
    response.headers["Content-Security-Policy"] = policy
    for name, value in HEADERS.items():
        response.headers[name] = value
    if server().settings.is_https:
        response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT
    if not g.get("is_public_asset", False):
        response.headers["Cache-Control"] = "no-store"
    response.headers.pop("Server", None)
    return response
