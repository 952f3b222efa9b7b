import contextlib
import re
import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cooperation.register.rules import (
    AddressFields,
    PostKind,
    RegionalGroup,
    SheetUnreadableError,
    StateParty,
    parse_sheet,
    state_names,
)

KNOWN = state_names(
    StateParty(code, name, f"the {formal}", RegionalGroup.AFR, names, date(2002, 7, 1))
    for code, name, formal, names in (
        ("KEN", "Kenya", "Republic of Kenya", {"fr": "Kenya", "es": "Kenya"}),
        ("FRA", "France", "French Republic", {"fr": "France", "es": "Francia"}),
        ("BEL", "Belgium", "Kingdom of Belgium", {"fr": "Belgique", "es": "Bélgica"}),
        ("CIV", "Côte d'Ivoire", "Republic of Côte d'Ivoire", {"fr": "Côte d'Ivoire"}),
        ("NLD", "Netherlands (Kingdom of the)", "Kingdom of the Netherlands", {"fr": "Pays-Bas"}),
        ("AF01", "State AF-01", "Republic of State AF-01", {}),
    )
)
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
        (b"state,place\nKEN,Paris\n", "lacks the column “kind”"),
        (b"state,kind,colour\nKEN,ministry,red\n", "not known: “colour”"),
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
        (",ministry,,,,,,,", "The State is missing"),
        ("KEN,,,,,,,,", "The kind of post is missing"),
        ("KEN,embassy,,,,,,,", "“embassy” is not a kind of post"),
        ("KEN,ministry,,,,,,,,,note", "“note” stands in a column without a heading"),
        ("KEN,ministry,," + "x" * 121 + ",,,,,", "characters a line"),
        ("KEN,ministry,," + "x" * 501 + ",,,,,", "A cell holds more"),
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
        "KEN,ministry,,,,,,,\nXXX,consulate,,turned,,,,nobody,perhaps\nKEN,ministry,,,,,,nobody,\n"
    )

    found = errors_of(text)

    assert [line for line, _sentence in found] == [3, 3, 3, 3, 4, 4]
    for reason in ("“XXX” is not in the register", "kind of post", "of_record", "e-mail"):
        assert any(reason in sentence for line, sentence in found if line == 3)
    for reason in ("e-mail", "same post stands in line 2"):
        assert any(reason in sentence for line, sentence in found if line == 4)


def test_lines_are_counted_and_not_their_errors():
    text = HEADING + "XXX,consulate,,,,,,nobody,perhaps\n" * 400

    assert len(errors_of(text)) == 4 * 400


def test_line_is_counted_as_an_editor_does_after_a_cell_of_several_lines():
    text = HEADING + 'FRA,ministry,,"one\ntwo",,,,,\nXXX,ministry,,,,,,,\n'

    assert [line for line, _sentence in errors_of(text)] == [4]


ROW = "AF01,ministry,,Ministère,Rue 5,,,desk@af01.example.org,"
AS_WRITTEN = {
    "with empty columns": f"{HEADING.strip()},,\n{ROW},,\n",
    "with rows cut short": f"{HEADING}AF01,ministry,,Ministère,Rue 5,,,desk@af01.example.org\n",
    "with tabs": f"{HEADING}{ROW}\n".replace(",", "\t"),
    "with its separator told": f"sep=;\r\n{HEADING}{ROW}\r\n".replace(",", ";"),
    "with a title": f"Addresses of 2026,,,,,,,,\n,,,,,,,,\n{HEADING}{ROW}\n",
    "with a title that has other signs": f"Addresses; 2026; final\n{HEADING}{ROW}\n",
    "with letters and accents apart": unicodedata.normalize("NFD", f"{HEADING}{ROW}\n"),
    "with headings in words": f"{HEADING}{ROW}\n".replace("of_record", "Of record").replace(
        "line_1", "Line 1"
    ),
    "with hidden signs": f"{HEADING}{ROW}\n".replace("Rue", "\u2068Rue\u2069").replace(
        "desk", "\u200bdesk"
    ),
}


@pytest.mark.parametrize("way", AS_WRITTEN)
def test_a_file_says_the_same_however_a_spreadsheet_writes_it(way):
    sheet = parse_sheet(f"\ufeff{AS_WRITTEN[way]}".encode(), KNOWN)

    assert sheet.errors == ()
    assert [(row.state_code, row.fields) for row in sheet.rows] == [
        (
            "AF01",
            AddressFields(
                PostKind.MINISTRY, "", ("Ministère", "Rue 5"), "desk@af01.example.org", False
            ),
        )
    ]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        *(("ken", "KEN"), ("Kenya", "KEN"), ("the Republic of Kenya", "KEN"), ("FRANCIA", "FRA")),
        *(("belgique", "BEL"), ("Belgica", "BEL"), ("Cote d’Ivoire", "CIV"), ("Pays-Bas", "NLD")),
        *(("Netherlands", "NLD"), ("State AF-01", "AF01"), ("AF-01", "AF01"), ("\u200eKEN", "KEN")),
    ],
)
def test_a_state_is_found_by_code_and_by_name_in_any_language(typed, code):
    sheet = parse_sheet(f"state,kind\n{typed},ministry\n".encode(), KNOWN)

    assert [row.state_code for row in sheet.rows] == [code]


def test_a_name_of_two_states_means_none():
    two = [
        StateParty(
            code, f"Korea ({code})", f"Korea {code}", RegionalGroup.APG, {}, date(2003, 1, 1)
        )
        for code in ("KOR", "PRK")
    ]

    assert "korea" not in state_names(two)
    assert state_names(two)["koreakor"] == "KOR"


@pytest.mark.parametrize(
    ("typed", "place", "kind", "kept"),
    [
        ("Embassy in The Hague", "", PostKind.EMBASSY_THE_HAGUE, "The Hague"),
        ("Embassy", "Den Haag", PostKind.EMBASSY_THE_HAGUE, "Den Haag"),
        ("Ambassade à La Haye", "", PostKind.EMBASSY_THE_HAGUE, "The Hague"),
        ("Embassy in Brussels", "", PostKind.EMBASSY_ELSEWHERE, "Brussels"),
        ("embajada", "Bruselas", PostKind.EMBASSY_ELSEWHERE, "Bruselas"),
        ("Embassy in Brussels or elsewhere", "Berlin", PostKind.EMBASSY_ELSEWHERE, "Berlin"),
        ("Permanent Mission", "", PostKind.PERMANENT_MISSION, "New York"),
        ("Misión Permanente", "", PostKind.PERMANENT_MISSION, "New York"),
        ("Ministry of Foreign Affairs", "", PostKind.MINISTRY, ""),
        ("Ministère des affaires étrangères", "Paris", PostKind.MINISTRY, "Paris"),
        ("embassy-the-hague", "", PostKind.EMBASSY_THE_HAGUE, "The Hague"),
    ],
)
def test_a_kind_of_post_is_named_as_people_name_it(typed, place, kind, kept):
    sheet = parse_sheet(f"state,kind,place\nKEN,{typed},{place}\n".encode(), KNOWN)

    assert sheet.errors == ()
    assert [(row.fields.kind, row.fields.place) for row in sheet.rows] == [(kind, kept)]


def test_no_sentence_shows_how_a_program_writes_a_text():
    texts = [
        HEADING + "X'\tY,z\n,\\,,,,,,é@b.org,'\n",
        "state,kind,a'b\n",
        "state,kind\n'a\tb',q\n",
    ]
    for text in texts:
        try:
            said = " ".join(sentence for _line, sentence in errors_of(text))
        except SheetUnreadableError as refusal:
            said = str(refusal.sentence)
        assert "\\t" not in said
        assert '"' not in said
        assert not re.search(r"(^|\s)'", said.replace("“'", "“"))


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
