import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cooperation.register.rules import (
    AddressFields,
    PostKind,
    SheetUnreadableError,
    parse_sheet,
)

KNOWN = {"KEN", "FRA", "BEL"}
HEADING = "state,kind,place,line_1,line_2,line_3,line_4,email,of_record\n"


def errors_of(text):
    return [(error.line, str(error.sentence)) for error in parse_sheet(text.encode(), KNOWN).errors]


def test_rows_become_addresses():
    text = HEADING + (
        'ken,Embassy_The_Hague,,"Embassy, Kenya",Street 1,,,post@kenya.example,yes\n'
        "\n"
        "FRA,embassy_elsewhere,Brussels,,,,,,\n"
    )

    sheet = parse_sheet(text.encode(), KNOWN)

    assert sheet.errors == ()
    assert [(row.line, row.state_code) for row in sheet.rows] == [(2, "KEN"), (4, "FRA")]
    assert sheet.rows[0].fields == AddressFields(
        PostKind.EMBASSY_THE_HAGUE,
        "The Hague",
        ("Embassy, Kenya", "Street 1"),
        "post@kenya.example",
        True,
    )


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffstate,kind\r\nKEN,ministry\r\n".encode(),
        b"state;kind\nKEN;ministry\n",
        b"KIND , State\nministry,KEN",
    ],
)
def test_spreadsheets_habits_are_understood(content):
    sheet = parse_sheet(content, KNOWN)

    assert [(row.state_code, row.fields.kind) for row in sheet.rows] == [("KEN", PostKind.MINISTRY)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not empty"),
        (b"  \n ", "not empty"),
        (b"\x00\x01\x02", "not a CSV"),
        ("state,kind\nKEN,ministry\n".encode("utf-16"), "not a CSV"),
        ("state,kind,place\nKEN,ministry,Bogotá\n".encode("latin-1"), "not in UTF-8"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "not in UTF-8"),
        (b"state,kind\n" + b"x" * 1024 * 1024, "larger than 1 MB"),
        (b"state,place\nKEN,Paris\n", "lacks the column 'kind'"),
        (b"state,kind,colour\nKEN,ministry,red\n", "not known: 'colour'"),
        (b"state,kind,kind\nKEN,ministry,ministry\n", "twice"),
        (b'state,kind\nKEN,"ministry\n', "Line 2 is not well-formed"),
        (b'state,kind\nKEN,"mini"stry\n', "Line 2 is not well-formed"),
        (b"state,kind\n", "no rows"),
        (b"state,kind\n" + b"KEN,ministry\n" * 1001, "more than 1000 rows"),
    ],
)
def test_file_that_is_none_is_refused_with_its_reason(content, reason):
    with pytest.raises(SheetUnreadableError, match=reason):
        parse_sheet(content, KNOWN)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("XXX,ministry,,,,,,,", "not in the register"),
        ("KEN,consulate,,,,,,,", "not a kind of post"),
        ("KEN,embassy_elsewhere,,,,,,,", "place of this embassy"),
        ("KEN,ministry,,,,,,nobody,", "e-mail"),
        ("KEN,ministry,,,,,,a@b.example c@d.example,", "e-mail"),
        ("KEN,ministry,,,,,,,perhaps", "of_record"),
        ("KEN,ministry", "2 cells"),
        ("KEN,ministry,,,,,,,,,", "11 cells"),
        ("KEN,ministry,," + "x" * 121 + ",,,,,", "characters a line"),
        ("KEN,ministry,," + "x" * 501 + ",,,,,", "A cell holds more"),
        ("KEN,ministry,,turn\u202eed,,,,,", "hidden signs"),
        ("KEN,ministry," + "x" * 101 + ",,,,,,", "place"),
    ],
)
def test_error_names_its_line(row, reason):
    text = HEADING + "FRA,ministry,,,,,,,\n" + row + "\n"

    found = errors_of(text)

    assert [line for line, _sentence in found] == [3]
    assert reason in found[0][1]


def test_every_error_of_a_line_is_named():
    text = HEADING + (
        "KEN,ministry,,,,,,,\n"
        "XXX,consulate,,turn\u202eed,,,,nobody,perhaps\n"
        "KEN,ministry,,,,,,nobody,\n"
    )

    found = errors_of(text)

    assert [line for line, _sentence in found] == [3, 3, 3, 3, 3, 4, 4]
    for reason in ("register", "kind of post", "of_record", "hidden signs", "e-mail"):
        assert any(reason in sentence for line, sentence in found if line == 3)
    for reason in ("e-mail", "same post stands in line 2"):
        assert any(reason in sentence for line, sentence in found if line == 4)


def test_lines_are_counted_and_not_their_errors():
    text = HEADING + "XXX,consulate,,,,,,nobody,perhaps\n" * 400

    assert len(errors_of(text)) == 4 * 400


def test_line_is_counted_as_an_editor_does_after_a_cell_of_several_lines():
    text = HEADING + 'FRA,ministry,,"one\ntwo",,,,,\nXXX,ministry,,,,,,,\n'

    assert [line for line, _sentence in errors_of(text)] == [4]


def test_contradictions_between_lines_are_found():
    text = HEADING + (
        "KEN,ministry,,,,,,a@kenya.example,yes\n"
        "KEN,ministry,,,,,,,\n"
        "KEN,permanent_mission,,,,,,,yes\n"
        "FRA,ministry,,,,,,A@Kenya.example,\n"
    )

    found = errors_of(text)

    assert [line for line, _sentence in found] == [3, 4, 5]
    assert "line 2" in found[0][1]
    assert "address of record" in found[1][1]
    assert "another State" in found[2][1]


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_no_bytes_break_the_reader(content):
    for tried in (content, HEADING.encode() + content):
        with contextlib.suppress(SheetUnreadableError):
            parse_sheet(tried, KNOWN)
