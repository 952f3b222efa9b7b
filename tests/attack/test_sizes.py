"""Every route refuses what is too large and what is no method of its own, with all headers."""

import pytest

from tests.fixtures.harvest import known_requests
from tests.fixtures.judgement import header_faults
from tests.fixtures.rehearsal import Rehearsal
from tests.fixtures.visitor import FORM_TYPE, Page

pytestmark = pytest.mark.xdist_group("rehearsal")

METHODS = ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "X")
LARGEST = 11 * 1024 * 1024
TEXT = 3 * 1024 * 1024


def addresses(rehearsal: Rehearsal, visitor: str) -> dict[str, set[str]]:
    """Return the methods of every address; an edition's is its year's as well as its id's."""
    adapter = rehearsal.application.url_map.bind("localhost")
    known = [each for each in known_requests(rehearsal, visitor) if not each.fields]
    found = {each.path.format(*each.arguments) for each in known}
    return {path: {"GET", "POST"} & set(adapter.allowed_methods(path)) for path in found}


def expect(page: Page, status: int, wrong: list[str], place: str) -> None:
    faults = header_faults(page)
    if page.status != status or faults:
        wrong.append(f"{place}: {page.status}, not {status} {faults}")


def test_other_methods_are_refused_everywhere(rehearsal):
    wrong: list[str] = []
    for visitor in ("anonymous", "focal_point"):
        person = rehearsal.visitors[visitor]
        for address, methods in addresses(rehearsal, visitor).items():
            for method in METHODS:
                page = person.send(method, address)
                expect(page, 405, wrong, f"{method} {address} as {visitor}")
            if methods == {"GET"}:
                page = person.send("POST", address)
                expect(page, 405, wrong, f"POST {address} as {visitor}")
            elif methods == {"POST"}:
                page = person.send("GET", address)
                expect(page, 405, wrong, f"GET {address} as {visitor}")

    assert not wrong, "\n".join(["", *wrong])


@pytest.mark.parametrize("kind", [FORM_TYPE, "multipart/form-data; boundary=x", "text/plain"])
def test_a_body_that_is_announced_too_large_is_refused_everywhere(rehearsal, kind):
    wrong: list[str] = []
    person = rehearsal.visitors["head"]
    for address, methods in addresses(rehearsal, "head").items():
        if "POST" in methods:
            headers = {"Content-Type": kind, "Content-Length": str(LARGEST + 1)}
            page = person.send("POST", address, b"a=b", headers)
            expect(page, 413, wrong, f"POST {address}")

    assert not wrong, "\n".join(["", *wrong])


def test_a_form_that_is_too_large_is_refused_everywhere(rehearsal):
    wrong: list[str] = []
    person, form = rehearsal.visitors["head"], rehearsal.form_fields("head")
    for address, methods in addresses(rehearsal, "head").items():
        if "POST" in methods:
            page = person.post(address, form | {"text": "x" * TEXT}, follow=False)
            expect(page, 413, wrong, f"POST {address}")

    assert not wrong, "\n".join(["", *wrong])


def test_too_many_parts_are_refused(rehearsal):
    part = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'
    body = (part * 1500 + "--x--").encode()
    headers = {"Content-Type": "multipart/form-data; boundary=x"}

    page = rehearsal.visitors["head"].send("POST", "/gallery", body, headers)

    assert page.status == 413
