"""A public web scanner, signed in as three roles (reliability 5; `make attack` installs it).

What it finds is compared with the findings that a person has looked at: FINDINGS says why each is
none. Anything else fails the test with the request that shows it.
"""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.fixtures.relay import Relay, listening, relaying

pytestmark = pytest.mark.slow

ROLES = {"officer": None, "focal_point": "AF01", "court_reader": None}
SECONDS = int(os.environ.get("SCAN_SECONDS", "150"))
MODULES = (
    "backup,brute_login_form,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,"
    "information_disclosure,inconsistent_redirection,ldap,methods,permanentxss,redirect,"
    "shellshock,sql,ssrf,timesql,upload,xss,xxe"
)
EXCLUDED = ("/sign-out*", "/sign-in*", "/account/sessions*", "*/static/*", "*/assets/*")

FINDINGS = {
    "HttpOnly Flag cookie": "the relay shows no cookie of ours; set by the scanner's own client",
}
"""Findings that were looked at: name -> why it is none."""


def scanner() -> str:
    """Return the scanner's command; a missing one is an error, never a skip."""
    command = os.environ.get("SCANNER") or shutil.which("wapiti")
    assert command, "the scanner is missing: run `make attack`, which installs it"
    return command


def signed_in(server, person):
    def sign_in():
        server.move_clock(30)
        visitor = server.visitor()
        page = visitor.sign_in(person, at=server.now())
        assert page.status == 200
        return dict(visitor.cookies)

    return sign_in


def modules_of(command: str) -> str:
    """Return those of MODULES that this release of the scanner has."""
    listed = subprocess.run([command, "--list-modules"], capture_output=True, text=True, check=True)
    known = {line.split()[0] for line in listed.stdout.splitlines() if line.startswith("\t")}
    return ",".join(name for name in MODULES.split(",") if name in known)


def scan(address: str, endpoint: str, folder: Path) -> dict[str, list[dict[str, object]]]:
    """Crawl and attack `address`; return the findings by name."""
    report = folder / "report.json"
    excluded = [word for path in EXCLUDED for word in ("-x", f"{address}{path}")]
    command = scanner()
    subprocess.run(
        [
            *(command, "-u", f"{address}/", "-m", modules_of(command), "--flush-session"),
            *("--scope", "domain", "--depth", "6", "--max-links-per-page", "30"),
            *("--max-scan-time", str(SECONDS // 3), "--max-attack-time", str(SECONDS // 10)),
            *("--skip", "csrf_token", "--skip", "_key", "-S", "normal", "-t", "10", "-v", "0"),
            *("--endpoint", endpoint, "--no-bugreport", *excluded),
            *("--store-session", str(folder), "--store-config", str(folder)),
            *("-f", "json", "-o", str(report)),
        ],
        check=True,
        capture_output=True,
        timeout=SECONDS * 6,
        env=os.environ | {"HOME": str(folder)},
    )
    made = json.loads(report.read_text())
    return {
        name: found
        for kind in ("vulnerabilities", "anomalies")
        for name, found in made[kind].items()
        if found
    }


@pytest.mark.parametrize("role", ROLES)
def test_a_public_scanner_finds_nothing_that_was_not_looked_at(instance, serve, role, tmp_path):
    server = serve(instance)
    person = instance.person(role, ROLES[role])
    sign_in = signed_in(server, person)
    relay = Relay(server.base_url, sign_in, cookies=sign_in())
    started = time.monotonic()

    with relaying(relay) as address, listening() as (endpoint, asked):
        found = scan(address, endpoint, tmp_path)

    told = f"{role}: {dict(relay.statuses)} in {time.monotonic() - started:.0f} s"
    new = {name: each for name, each in found.items() if name not in FINDINGS}
    assert not new, f"{told}\n{json.dumps(new, indent=1)[:6000]}"
    assert not relay.failures, "\n".join([told, *relay.failures[:20]])
    assert not asked, f"the server called out: {asked[:5]}"
    assert relay.statuses.total() > 200, f"the scan was too short: {told}"
    assert relay.statuses[200] > 50, f"the scanner stood before the door: {told}"
    print(told)  # noqa: T201 - the figure for docs/security.md
