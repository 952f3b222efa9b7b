"""Where links lead, in the ways that people and attackers write them."""

import pytest

from cooperation.responses.rules.uploads.links import (
    is_elsewhere,
    is_on_the_network,
    starts_program,
)

WEB = ["https://www.example.org/Launch", "HTTP://e.org", "http:/typo", "mailto:a@e.org", "tel:+31"]
OWN = [
    "Law.pdf",
    "../Law.pdf",
    "/home/jane/Law.pdf",
    "C:\\Laws\\Law.pdf",
    "file:///C:/Laws/Law%20one.pdf",
    "file://C:/Law.pdf",
    "file:///home/jane/Law.pdf",
    "file://localhost/home/Law.pdf",
    "file:Law.pdf",
    "",
]
NETWORK = [
    "\\\\server\\share\\Law.pdf",
    "//server/share",
    "file://server/Law.pdf",
    "FILE://server/Law.pdf",
    "file:////server/Law.pdf",
    "file:///\\\\server\\Law.pdf",
    "file:\\\\server\\Law.pdf",
    "file:%2f%2fserver/Law.pdf",
    " \\\\server\\x",
    "\\\\?\\UNC\\server\\x",
    "\\\\.\\pipe\\x",
]
PROGRAMS = ["javascript:alert(1)", "java\nscript:alert(1)", "ms-msdt:/id", "search-ms:q", "data:,"]


@pytest.mark.parametrize("link", [*WEB, *OWN])
def test_the_web_and_the_own_computer_are_no_network_drive(link):
    assert not is_on_the_network(link)
    assert not starts_program(link)
    assert is_elsewhere(link) == (link in WEB)


@pytest.mark.parametrize("link", [*NETWORK, *PROGRAMS])
def test_a_network_drive_is_known_however_it_is_written(link):
    assert is_on_the_network(link)
    assert is_elsewhere(link)
    assert starts_program(link) == (link in PROGRAMS)
