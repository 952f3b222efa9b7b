"""Malformed requests over all routes: never a 500, no insides, no leak (reliability R15).

250 as a focal point here; `make attack` sends 5,000 for each group of roles. A failure prints the
seed and the request: ATTACK_SEED and the request's number bring it back.
"""

import os
from collections import Counter
from urllib.parse import unquote

import pytest

from tests.fixtures.harvest import ids_of, known_requests
from tests.fixtures.hostile import Attacker, HostileRequest
from tests.fixtures.judgement import MARK, faults_of
from tests.fixtures.rehearsal import ANONYMOUS, OTHER, Rehearsal
from tests.fixtures.visitor import Page

pytestmark = pytest.mark.xdist_group("rehearsal")

FEW = 250
TOTAL = int(os.environ.get("ATTACK_REQUESTS", FEW))
SEED = int(os.environ.get("ATTACK_SEED", "20261122"))
GROUPS = {
    "state": ("focal_point", "contributor", "signatory"),
    "anonymous": (ANONYMOUS,),
    "secretariat": ("officer", "head"),
    "court": ("court_reader",),
    "co_facilitators": ("co_facilitator",),
    "others": ("administrator", "auditor"),
}
SENT = {"state": ("focal_point",)} if TOTAL <= FEW else GROUPS
EVERY = 50
LASTING = (
    *("/end", "/sign-out", "/disable", "/close", "/narrow", "/replace", "/invite-anew"),
    *("/account/password", "/account/passkeys", "/role", "/waiting"),
)
"""Acts that end what the attack goes on with: they are tried and then taken back."""


def send(rehearsal: Rehearsal, visitor: str, request: HostileRequest) -> Page:
    """Send one request; what it writes is kept, unless it would end the attack."""
    person = rehearsal.visitors[visitor]
    cookies = dict(person.cookies)
    rehearsal.line.keeps = not any(word in unquote(request.path).lower() for word in LASTING)
    if request.path.startswith("//"):  # the test's own client takes it for a host's name
        request.path = f"/.{request.path}"
    body = request.body_bytes()
    headers = dict(request.headers)
    if "Cookie" in headers:
        own = "; ".join(f"{name}={value}" for name, value in cookies.items())
        headers["Cookie"] = f"{own}; {headers['Cookie']}"
        person.cookies = {}
    page = person.send(request.method, request.path, body, headers)
    person.cookies = cookies
    return page


def secrets_of(rehearsal: Rehearsal, visitor: str) -> list[str]:
    """Return what no response to this visitor may show."""
    keyring = rehearsal.held.settings.keyring_path.read_text()
    keys = [word for word in keyring.replace('"', " ").split() if len(word) > 40]
    assert keys
    passwords = [player.password for player in rehearsal.stage.players]
    return [*rehearsal.canaries.hidden_from(visitor), *keys, *passwords]


def attack(rehearsal: Rehearsal, visitor: str, count: int, statuses: Counter[int]) -> list[str]:
    """Send `count` damaged requests as one visitor; return what was wrong with the answers."""
    known, ids = known_requests(rehearsal, visitor), ids_of(rehearsal, visitor)
    attacker = Attacker(SEED, known, ids)
    hidden = secrets_of(rehearsal, visitor)
    form = rehearsal.form_fields(visitor)
    wrong: list[str] = []
    for number in range(count):
        request = attacker.next_request(form | rehearsal.new_key(form))
        page = send(rehearsal, visitor, request)
        statuses[page.status] += 1
        faults = faults_of(page, origin=rehearsal.held.settings.base_url, hidden=hidden)
        if faults:
            wrong.append(
                f"{visitor}, seed {SEED}, request {number}: {'; '.join(faults)}\n  {request}"
            )
        if number % EVERY == 0 and visitor != ANONYMOUS:
            home = rehearsal.visitors[visitor].get("/", follow=False)
            assert home.status == 200, f"seed {SEED}, request {number} ended the session: {request}"
    return wrong


@pytest.mark.parametrize("group", SENT)
def test_malformed_requests_never_break_the_server(own_rehearsal, group):
    statuses: Counter[int] = Counter()
    visitors = SENT[group]

    wrong = []
    for visitor in visitors:
        wrong += attack(own_rehearsal, visitor, max(TOTAL // len(visitors), 1), statuses)

    assert not wrong, "\n".join(["", *wrong[:20]])
    assert {200, 303, 400, 404} <= statuses.keys(), f"the attack is one-sided: {statuses}"
    print(f"{group}: {statuses.total()} requests, {dict(sorted(statuses.items()))}")  # noqa: T201


def test_the_judge_finds_a_failure(own_rehearsal):
    """A judge that never finds anything would let everything pass."""
    rehearsal = own_rehearsal
    origin = rehearsal.held.settings.base_url
    edition = rehearsal.meaning("edition_id", "open", "court_reader")
    failed = rehearsal.visitors["anonymous"].get("/gallery/failure")
    read = rehearsal.visitors["court_reader"].get(f"/published/{edition}/states/{OTHER}")
    page = Page(302, {"location": "//evil.example", "content-type": "text/html"}, b"", "/")
    body = f"{MARK} sqlite3.OperationalError".encode()
    inside = Page(200, {"content-type": "text/html"}, body, "/")

    assert faults_of(failed, origin=origin, hidden=()) == ["status 500"]
    assert faults_of(read, origin=origin, hidden=[rehearsal.canaries.court]) == [
        "the page shows what its reader may not read"
    ]
    assert "redirects to //evil.example" in faults_of(page, origin=origin, hidden=())
    found = faults_of(inside, origin=origin, hidden=())
    assert "the page shows the server's insides" in found
    assert "what was sent comes back unescaped" in found
