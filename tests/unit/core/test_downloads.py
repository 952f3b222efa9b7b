"""The name of a file in a header: whole for every browser, harmless for the server."""

import pytest
from werkzeug.http import parse_options_header

from cooperation.core.downloads import Download, disposition
from tests.fixtures.file_names import FILE_NAMES


@pytest.mark.parametrize("name", FILE_NAMES)
def test_a_name_comes_back_whole_from_printable_ascii(name):
    value = disposition(name)

    assert value.isascii()
    assert value.isprintable()
    extended = value.partition("filename*=")[2]
    assert parse_options_header(f"attachment; filename*={extended}")[1]["filename"] == name


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("law.pdf", "law.pdf"),
        ("loi été.pdf", "loi ete.pdf"),
        ('a "b" \\ c.pdf', "a _b_ _ c.pdf"),
        ("a／b.pdf", "a_b.pdf"),
        ("100%20.pdf", "100_20.pdf"),
        ("合作法.pdf", "___.pdf"),
        ("a\r\nSet-Cookie: b.pdf", "a__Set-Cookie: b.pdf"),
    ],
)
def test_a_program_that_knows_no_other_gets_a_likeness_in_ascii(name, plain):
    assert disposition(name).startswith(f'attachment; filename="{plain}"; filename*=')


def test_a_download_is_sent_as_what_it_is_and_never_shown():
    body, headers = Download("law.pdf", "application/pdf", b"%PDF-").sent()

    assert body == b"%PDF-"
    assert headers == {
        "Content-Type": "application/pdf",
        "Content-Disposition": "attachment; filename=\"law.pdf\"; filename*=UTF-8''law.pdf",
    }
