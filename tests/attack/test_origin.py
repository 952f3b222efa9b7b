"""Requests of other sites, of strange hosts, without a token; and that reading changes nothing."""

import re

import pytest
import sqlalchemy as sa

from cooperation.web.declaration import declaration_of
from cooperation.web.headers import REPORTS
from tests.fixtures.harvest import LEFT_OUT, known_requests
from tests.fixtures.hostile import Known
from tests.fixtures.judgement import header_faults
from tests.fixtures.rehearsal import Rehearsal
from tests.fixtures.visitor import FORM_TYPE

pytestmark = pytest.mark.xdist_group("rehearsal")

ASKS_A_PASSKEY, QUESTIONS = "/account/passkeys/new", "passkey_challenges"
NO_FORMS = {REPORTS, "/log/cosignature"}
"""What programs send, without a cookie: a count alone, and what a witness has signed; no form."""
READERS = ("focal_point", "head", "court_reader", "administrator")
FOREIGN = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "SAME-ORIGIN"},
    {"Sec-Fetch-Site": ""},
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost.evil.example:8000"},
    {"Origin": "http://evil.example/localhost"},
    {"Origin": "http://localhost@evil.example"},
    {"Origin": "http://["},
    {"Origin": "file://"},
)
HOSTS = (
    "evil.example",
    "evil.example:8000",
    "localhost.evil.example",
    "localhost@evil.example",
    "evil.example#localhost",
    "evil.example/localhost",
    "localhost:8000, evil.example",
    "localhost,evil.example",
    "localhost evil.example",
    "localhost:evil",
    "localhost:8000:9000",
    "[::1",
    "[localhost]",
    "127.0.0.1.evil.example",
    ".localhost",
    "localhost..",
    "",
)


def posts(rehearsal: Rehearsal) -> list[str]:
    """Return an address of every route that changes something for a person by a form."""
    return [
        each.path.format(*each.arguments)
        for each in known_requests(rehearsal, "head")
        if each.method == "POST" and not each.fields and each.path not in NO_FORMS
    ]


def rows_of(rehearsal: Rehearsal) -> dict[str, int]:
    """Return the number of rows of each table."""
    with rehearsal.stage.database.reading() as session:
        tables = sa.inspect(session.connection()).get_table_names()
        return {
            table: session.scalar(sa.text(f'SELECT count(*) FROM "{table}"'))  # noqa: S608
            for table in tables
        }


def test_forms_of_other_sites_change_nothing(own_rehearsal):
    rehearsal = own_rehearsal
    form = rehearsal.form_fields("head")
    addresses = posts(rehearsal)
    before = rows_of(rehearsal)
    person = rehearsal.visitors["head"]
    wrong = []

    with rehearsal.keeping():
        for address in addresses:
            for number, headers in enumerate(FOREIGN):
                body = "&".join(f"{name}={value}" for name, value in form.items()).encode()
                page = person.send("POST", address, body, {"Content-Type": FORM_TYPE} | headers)
                if page.status != 403 or header_faults(page):
                    wrong.append(f"{address}: {page.status} for {headers}")
                if number:
                    continue
                for damage in ({"csrf_token": ""}, {"csrf_token": "x.y.z"}):
                    page = person.post(address, form | damage, follow=False)
                    if page.status != 400:
                        wrong.append(f"{address}: {page.status} without a token")

    assert not wrong, "\n".join(["", *wrong])
    assert rows_of(rehearsal) == before


def test_a_token_of_another_visit_is_not_taken(own_rehearsal):
    rehearsal = own_rehearsal
    own = rehearsal.form_fields("head")
    stolen = rehearsal.form_fields("focal_point")["csrf_token"]

    page = rehearsal.visitors["head"].post("/set-up/keyring-backup", own | {"csrf_token": stolen})

    assert page.status == 400


def test_a_key_of_another_persons_form_is_not_taken(own_rehearsal):
    rehearsal = own_rehearsal
    own, other = rehearsal.form_fields("head"), rehearsal.form_fields("officer")
    fields = own | {"_key": other["_key"], "confirmed": "y"}

    page = rehearsal.visitors["head"].post("/set-up/keyring-backup", fields, follow=False)

    assert page.status == 409


@pytest.mark.parametrize("host", HOSTS)
def test_strange_hosts_are_refused(rehearsal, host):
    for visitor in ("anonymous", "head"):
        page = rehearsal.visitors[visitor].send("GET", "/sign-in", headers={"Host": host})

        assert page.status == 400
        assert header_faults(page) == []
        assert b"evil" not in page.body


def test_forwarded_names_count_only_behind_a_proxy(rehearsal):
    headers = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/evil.example",
        "Forwarded": "host=evil.example;proto=https",
        "X-Original-URL": "/people",
        "X-Rewrite-URL": "/people",
    }

    page = rehearsal.visitors["anonymous"].send("GET", "/sign-in", headers=headers)

    assert page.status == 200
    assert b"evil" not in page.body
    assert "evil" not in str(page.headers)


@pytest.mark.parametrize("visitor", READERS)
def test_reading_changes_nothing(own_rehearsal, visitor):
    """GET never changes state; what logs its reading adds its entry, an export its count as well.

    The page that registers a passkey keeps the question it asks: one, however often it is opened.
    """
    rehearsal = own_rehearsal
    rules = [
        rule
        for rule in rehearsal.application.url_map.iter_rules()
        if "GET" in rule.methods and rule.endpoint not in LEFT_OUT
    ]
    known = {each.path: each for each in known_requests(rehearsal, visitor)}
    with rehearsal.application.app_context():
        logging = {rule.endpoint for rule in rules if declaration_of(rule.endpoint).logs_reading}
    before = rows_of(rehearsal)

    with rehearsal.keeping():
        for rule in rules:
            if rule.endpoint not in logging:
                rehearsal.visitors[visitor].get(address_of(rule.rule, known), follow=False)
        rehearsal.visitors[visitor].get(ASKS_A_PASSKEY)
        quiet = rows_of(rehearsal)
        for rule in rules:
            if rule.endpoint in logging:
                rehearsal.visitors[visitor].get(address_of(rule.rule, known), follow=False)
        logged = rows_of(rehearsal)

    assert quiet == before | {QUESTIONS: before[QUESTIONS] + 1}
    changed = {table for table in logged if logged[table] != quiet[table]}
    assert changed <= {"log_entries", "log_nodes", "attempts"}


def address_of(pattern: str, known: dict[str, Known]) -> str:
    """Return the address that stands for a route's pattern."""
    found = known[re.sub(r"<[^>]*>", "{}", pattern)]
    return found.path.format(*found.arguments)
