"""A mark in every field of every form appears nowhere on a disk in the clear (vault.md, Tests).

Six people fill every field of every page that they reach, besides names of files, addresses and
headers; then the database, its log, a backup taken meanwhile, the journal, the outbox, the server's
log, temporary and shared folders are searched: as it was typed, as UTF-16, as base64, as JSON and
hexadecimal.
"""

import base64
import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.fixtures.instance import Instance, RunningServer, free_port
from tests.fixtures.papers import pdf, stream
from tests.fixtures.visitor import Form, Page, Visitor

pytestmark = pytest.mark.slow

MARK = "zq7canaryvx3k"
PEOPLE = ("focal_point", "contributor", "officer", "head", "court_reader", "administrator")
MOST_PAGES = 60
LEFT_ALONE = re.compile(r"sign-out|/end|/disable|/close|/narrow|/forget|/remove|dissol|gallery")
SHARED = Path("/dev/shm")  # noqa: S108 - boot keys and temporary folders lie there
FILES = r"(cooperation\.db(-wal)?|one\.backup)"
IN_THE_CLEAR = (re.compile(rf"^{FILES}: as typed: /notes/prepare/\d{{4}} changes$"),)
"""The sentence of a note verbale that tells every State what is new: printed, and no answer."""
STEP = 61.0


class Marks:
    """Gives each field a mark of its own, so that a find tells where it was typed."""

    def __init__(self) -> None:
        self.places: list[str] = []

    def next(self, place: str) -> str:
        """Return a new mark for a place."""
        self.places.append(place)
        return f"{MARK}{len(self.places):05d}"

    def place_of(self, number: bytes) -> str:
        """Return where the mark with this number was typed."""
        return self.places[int(number) - 1] if number.isdigit() else "somewhere"


def forms(visitor: Visitor, start: str) -> Iterator[tuple[Page, Form]]:
    """Walk the pages from `start` along their links and give each form once."""
    wanted, seen, given = [start], {start}, set()
    while wanted and len(seen) < MOST_PAGES + len(wanted):
        page = visitor.get(wanted.pop(0))
        if page.status != 200 or not page.headers["content-type"].startswith("text/html"):
            continue
        for form in page.forms:
            key = (form.action, frozenset(form.names))
            if form.method == "post" and key not in given:
                given.add(key)
                yield page, form
        for link in page.links:
            path = urlsplit(link).path
            if path.startswith("/") and path not in seen and not LEFT_ALONE.search(path):
                seen.add(path)
                wanted.append(path)


def fill(visitor: Visitor, page: Page, form: Form, marks: Marks) -> None:
    """Send a form with a mark in each field that a person types into, one odd field, one file."""
    action = form.action or page.path
    if LEFT_ALONE.search(action):
        return
    typed: dict[str, str | list[str] | tuple[str, bytes]] = {}
    for name, kind in form.texts.items():
        mark = marks.next(f"{action} {name}")
        typed[name] = f"{mark}@example.org" if kind == "email" else mark
    if form.multipart:
        mark = marks.next(f"{action} file")
        typed["file"] = (f"{mark}.pdf", pdf(stream(mark.encode(), is_packed=False)))
    texts = {name: typed[name] for name, kind in form.texts.items() if kind == "textarea"}
    for fields in (typed, texts):  # a form refuses all where a number is none
        visitor.submit(page, form, fields, follow=False)
    visitor.submit(page, form, typed | {"unknown": marks.next(f"{action} unknown")}, follow=False)


def leave_marks_elsewhere(visitor: Visitor, marks: Marks) -> None:
    """Put marks into addresses, headers, cookies and what is no form."""
    headers = ("User-Agent", "Referer", "X-Forwarded-For", "Accept-Language", "X-Request-Id")
    visitor.send("GET", f"/{marks.next('path')}?q={marks.next('query')}")
    visitor.send("GET", "/sign-in", headers={name: marks.next(name) for name in headers})
    visitor.send("GET", "/sign-in", headers={"Cookie": f"sid={marks.next('cookie')}"})
    visitor.send("GET", f"/sign-in?next=/{marks.next('next')}")
    visitor.send("GET", "/", headers={"Host": marks.next("host")})
    report = {"csp-report": {"document-uri": marks.next("report")}}
    body, kind = json.dumps(report).encode(), {"Content-Type": "application/csp-report"}
    visitor.send("POST", "/csp-reports", body, kind)
    visitor.send("POST", "/sign-in", marks.next("body").encode(), {"Content-Type": "text/plain"})


def encodings() -> dict[str, re.Pattern[bytes]]:
    """Return what the mark looks like in each encoding."""
    plain = MARK.encode()
    found = {
        "as typed": plain,
        "UTF-16 LE": MARK.encode("utf-16-le"),
        "UTF-16 BE": MARK.encode("utf-16-be"),
        "hexadecimal": plain.hex().encode(),
        "JSON escapes": "".join(f"\\u{ord(each):04x}" for each in MARK).encode(),
        "percent": "".join(f"%{each:02X}" for each in plain).encode(),
    }
    for shift in range(3):
        packed = base64.b64encode(bytes(shift) + plain)
        found[f"base64 {shift}"] = packed[4 if shift else 0 : -4]
    return {name: re.compile(re.escape(each) + rb"(\d{5})?") for name, each in found.items()}


def files(server: RunningServer, since: set[Path]) -> Iterator[Path]:
    """Give every file of the instance and what is new where memory is shared."""
    yield from (path for path in server.instance.path.rglob("*") if path.is_file())
    for path in set(SHARED.rglob("*")) - since:
        if path.is_file():
            yield path


def finds(server: RunningServer, since: set[Path], marks: Marks) -> list[str]:
    """Return where a mark stands in the clear."""
    found = []
    for path in files(server, since):
        try:
            content = path.read_bytes()
        except OSError:
            continue
        for name, pattern in encodings().items():
            numbers = {match.group(1) or b"" for match in pattern.finditer(content)}
            found += [f"{path.name}: {name}: {marks.place_of(number)}" for number in numbers]
    return sorted(set(found))


def is_known(find: str) -> bool:
    """Tell whether a find is meant: what every State is told, and the envelope of a mail."""
    is_envelope = ".eml: as typed: " in find and find.endswith((" email", " name"))
    return is_envelope or any(each.match(find) for each in IN_THE_CLEAR)


@pytest.fixture
def server(instance: Instance, serve) -> RunningServer:
    return serve(instance, COOPERATION_METRICS_PORT=str(free_port()))


def figures(server: RunningServer) -> str:
    """Return what the server tells of itself on loopback."""
    port = server.environment["COOPERATION_METRICS_PORT"]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        return answer.read().decode()


def requests_of(told: str) -> float:
    """Return how many requests both workers have counted together."""
    lines = [line for line in told.splitlines() if line.startswith("cooperation_requests_total{")]
    return sum(float(line.rpartition(" ")[2]) for line in lines)


def test_the_search_finds_a_mark_in_every_encoding():
    marked = f"x{MARK}00001"
    written = {
        "as typed": marked.encode(),
        "UTF-16 LE": marked.encode("utf-16-le"),
        "UTF-16 BE": marked.encode("utf-16-be"),
        "hexadecimal": marked.encode().hex().encode(),
        "JSON escapes": "".join(f"\\u{ord(each):04x}" for each in marked).encode(),
        "percent": "".join(f"%{each:02X}" for each in marked.encode()).encode(),
        "base64 1": base64.b64encode(marked.encode()),
    }
    for name, content in written.items():
        assert encodings()[name].search(content), name


def test_what_people_type_stands_nowhere_in_the_clear(server):
    marks, since = Marks(), set(SHARED.rglob("*"))
    filled = 0
    for role in PEOPLE:
        server.move_clock(STEP)
        visitor = server.visitor()
        page = visitor.sign_in(server.instance.person(role), server.now())
        assert page.status == 200, role
        for where, form in list(forms(visitor, "/")):
            fill(visitor, where, form, marks)
            filled += 1
        leave_marks_elsewhere(visitor, marks)
    told = figures(server)
    taken = server.backup("one.backup")
    found = finds(server, since, marks)
    server.kill()

    assert taken > 5_000_000
    assert MARK not in told
    assert requests_of(told) > filled
    assert not [each["email"] for each in server.instance.people if each["email"] in told]
    assert not [each["state"] for each in server.instance.people if f'"{each["state"]}"' in told]
    assert filled > 60
    assert len(marks.places) > 200
    assert [each for each in found if not is_known(each)] == []
    assert list(server.instance.path.rglob("core*")) == []
