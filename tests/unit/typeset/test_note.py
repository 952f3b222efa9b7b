"""The note verbale: right bytes, right pages, right words."""

import io
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from cooperation.typeset.compiler import CannotTypesetError, missing_fonts
from cooperation.typeset.note import AnnexMark, NoteVerbale, compile_note
from cooperation.typeset.texts import LanguageMissingError, runs

LONGEST = "the United Kingdom of Great Britain and Northern Ireland"


def note(**changes: object) -> NoteVerbale:
    plain = NoteVerbale(
        language="en",
        reference="ICC-ASP/25/SP/09",
        year=2026,
        addressee="the Embassy of the Kingdom of Belgium",
        addressee_short="the Embassy",
        addressee_lines=("To the Embassy of the Kingdom of Belgium", "The Hague"),
        deadline_on=date(2026, 6, 30),
        reply_languages="English or French",
        platform="https://cooperation.example.org",
        contact="secretariat@example.org",
        place="The Hague",
        dated_on=date(2026, 4, 19),
        annex=AnnexMark(pages=26, sha256="ab" * 32),
    )
    return replace(plain, **changes)


def words_of(content: bytes) -> str:
    pages = PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_every_font_is_there() -> None:
    assert missing_fonts() == frozenset()


def test_the_same_note_gives_the_same_bytes() -> None:
    first = compile_note(note())
    other = compile_note(note(addressee="the Embassy of Japan"))
    second = compile_note(note())

    assert first.content == second.content
    assert first.sha256 == second.sha256 != other.sha256


def test_a_note_says_what_it_must() -> None:
    words = words_of(compile_note(note()).content)

    assert "presents its compliments to the Embassy of the Kingdom of Belgium" in words
    assert "ICC-ASP/25/SP/09" in words
    assert "30 June 2026" in words
    assert "The Hague, 19 April 2026" in words
    assert "26 pages" in words
    assert "ab" * 32 in words
    assert " I " not in words


def test_optional_phrases_are_left_out_where_empty() -> None:
    bare = words_of(compile_note(note()).content)
    full = words_of(
        compile_note(
            note(mandate="resolution X, paragraph 3", co_facilitators="two States")
        ).content
    )

    assert "pursuant to" not in bare
    assert "pursuant to resolution X, paragraph 3" in full
    assert "co-facilitators on cooperation, two States, has the honour" in full


def test_the_longest_name_still_fits_one_page() -> None:
    document = compile_note(
        note(
            addressee=f"the Permanent Mission of {LONGEST} to the United Nations",
            addressee_lines=(f"To the Permanent Mission of {LONGEST}", "to the United Nations"),
            mandate="resolution ICC-ASP/24/Res.2, paragraph 34",
        )
    )

    assert document.pages == 1


def test_a_long_note_runs_on_and_counts_its_pages() -> None:
    document = compile_note(note(changes="Section C has been made shorter. " * 60))

    assert document.pages == len(PdfReader(io.BytesIO(document.content)).pages) == 2
    assert "2 of 2" in words_of(document.content)


def test_a_note_is_tagged_and_embeds_its_fonts() -> None:
    reader = PdfReader(io.BytesIO(compile_note(note()).content))
    catalogue = reader.root_object
    metadata = catalogue["/Metadata"].get_object().get_data()

    assert catalogue["/MarkInfo"]["/Marked"]
    assert str(catalogue["/Lang"]).startswith("en")
    assert b"<pdfaid:part>2</pdfaid:part>" in metadata
    assert b"pdfuaid:part" in metadata
    assert reader.metadata.title.startswith("Note verbale ICC-ASP/25/SP/09")


@pytest.mark.parametrize("name", ["سفارة دولة الكويت", "肯尼亚共和国大使馆", "Посольство Японии"])
def test_names_in_other_scripts_are_set(name: str) -> None:
    assert compile_note(note(addressee=name)).pages == 1


def test_a_character_without_a_glyph_is_refused_in_one_sentence() -> None:
    with pytest.raises(CannotTypesetError, match="characters"):
        compile_note(note(changes="ქართული 🙂"))


def test_what_a_person_types_is_never_markup() -> None:
    typed = '#image("/etc/passwd") *strong* {platform} $x$ ~a~ \\ ]'

    words = words_of(compile_note(note(changes=typed)).content)

    assert typed in words
    assert runs("a {x} b", {"x": "*c*"}) == [{"text": "a *c* b", "style": "plain"}]


def test_a_language_without_texts_is_refused() -> None:
    with pytest.raises(LanguageMissingError):
        compile_note(note(language="fr"))
