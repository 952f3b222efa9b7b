"""PDFs as readers understand them: words and links pass, what acts is refused wherever it hides."""

import io
import time
import zlib
from contextlib import suppress

import pikepdf
import pytest

from cooperation.demonstration.paper import one_page
from cooperation.responses.rules.uploads import FileRefused, clean_file, pdf_syntax
from cooperation.responses.rules.uploads.refusals import (
    ACTIVE_PDF,
    ATTACHED_PDF,
    ENCRYPTED,
    LINKED_PDF,
    TOO_LARGE_INSIDE,
)
from cooperation.vault.pdf_locks import unlock_pdf
from tests.fixtures.papers import PHOTOGRAPH, locked, office, packed_objects, pdf, stream

TABLE = stream(b"", b"/Type /XRef /W [1 2 1] ")
SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"


def link(address: bytes) -> bytes:
    return b"<< /Type /Annot /Subtype /Link /A << /S /URI /URI %s >> >>" % address


def acting(action: bytes) -> bytes:
    """A whole PDF whose catalog does something by itself."""
    paper = one_page("Act").replace(b"/Pages 2 0 R", b"/Pages 2 0 R /OpenAction " + action, 1)
    assert action in paper
    return paper


def whole(content: bytes) -> bytes:
    """The same file as a reader of another make repairs and writes it."""
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as opened:
        opened.save(made)
    return made.getvalue()


def in_string(hidden: bytes, opening: bytes = b"(") -> bytes:
    return pdf(b"<< /Title " + opening + b"\n9 0 obj\n" + hidden + b"\nendobj\n) >>")


GOOD = {
    "plain": pdf(),
    "printed": one_page("A law"),
    "a link to the Launch of the Act": pdf(link(b"(https://www.example.org/Launch-of-the-Act)")),
    "a page that says JavaScript": one_page("TypeScript/JavaScript /Launch"),
    "a title that says Rendition": pdf(b"<< /Title (Surrender/Rendition) >>"),
    "a packed title": pdf(packed_objects(b"<< /Title (a /JavaScript b) >>", b"[ (\\)/JS) 3 ]")),
    "nested brackets": pdf(b"<< /Title (a (b (c /Launch) \\( d) /JS) /X 1 >>"),
    "a comment": pdf(b"<< /Type /Page % like /JavaScript here\n >>"),
    "a named style": pdf(b"<< /Type /StructElem /S /LaunchOfTheAct /P 1 0 R >>"),
    "a font with a space": pdf(b"<< /Type /Font /BaseFont /Times#20New#20Roman >>"),
    "a page that goes by itself to itself": pdf(b"<< /OpenAction [1 0 R /Fit] >>"),
    "a page that is fitted": pdf(b"<< /OpenAction << /S /GoTo /D [1 0 R /Fit] >> >>"),
    "a page that is printed": pdf(b"<< /OpenAction 3 0 R >>", b"<< /S /Named /N /Print >>"),
    "an own file": pdf(link(b"(file:///C:/Users/Jane/Law.pdf)"), link(b"(Law.pdf)")),
    "an address": pdf(link(b"(mailto:a@example.org)"), link(b"<68747470733a2f2f65>")),
    "a stream that holds no objects": pdf(stream(b"<< /S /J#61vaScript >>")),
    "a colour profile": pdf(stream(bytes(500) + b"acsp", b"/N 3 /Alternate /DeviceRGB ")),
    "a colour profile packed otherwise": pdf(
        stream(b"7fff>", b"/N 3 /Filter [/RunLengthDecode] ", is_packed=False)
    ),
    "a colour profile beside a table": pdf(TABLE, stream(bytes(99) + b"acsp", b"/N 3 ")),
    "pictures": pdf(stream(bytes(3_000_000)), stream(b"\xff\xd8", is_packed=False)),
    "bytes before": b"\xef\xbb\xbf\r\nFrom the gazette\r\n" + pdf(),
    "bytes after": pdf() + b"\r\n-- \r\nScanned by the gateway",
    "zeros after": pdf() + bytes(20_000),
    "an update": pdf() + b"3 0 obj\n<< /Title (new) >>\nendobj\n%%EOF\n",
    "another writer's": whole(one_page("A law")),
}


@pytest.mark.parametrize("name", GOOD)
def test_words_links_and_layouts_of_a_pdf_are_taken(name):
    assert clean_file("law.pdf", GOOD[name], unlock_pdf) == GOOD[name]


ACTIVE = {
    "a script": pdf(SCRIPT),
    "escaped": pdf(b"<< /S /J#61va#53cript >>"),
    "a script by its text alone": pdf(b"<< /#4aS 3 0 R >>"),
    "a rendition": pdf(b"<< /S /Rendition /R 3 0 R >>"),
    "a program": pdf(b"<< /S /Launch /F (cmd.exe) >>"),
    "a form of another kind": pdf(b"<< /AcroForm << /XFA [] >> >>"),
    "a film": pdf(b"<< /Subtype /RichMedia >>"),
    "a form that is sent": pdf(b"<< /S /SubmitForm /F (https://evil.example) >>"),
    "a kind of action in another object": pdf(b"<< /S 3 0 R >>", b"/Other"),
    "after a bracket that opens nothing": pdf(b"<< /Title (a\\\\) " + SCRIPT[3:]),
    "after half a string": pdf(b"<< /Title <28> " + SCRIPT[3:]),
    # where other readers begin
    "inside a string": in_string(b"<< /S /JavaScript >>"),
    "inside a string, behind a comment": in_string(b"<< % ) \n /S /JavaScript >>"),
    "inside a comment": pdf(b"<< /A 1 % 9 0 obj << /S /Launch >> endobj\n >>"),
    "inside a stream": pdf(stream(b"9 0 obj " + SCRIPT + b" endobj", is_packed=False)),
    "with a comment before": in_string(b"")[:-40] + b"9 0 % a\nobj\n<< /S /Launch >> ) %%EOF\n",
    "with a long comment before": pdf(
        stream(b"9 0 %" + b"a" * 400 + b"\nobj << /S /Launch >>", is_packed=False)
    ),
    "in a trailer inside a string": in_string(b"trailer << /Root << /S /Launch >> >>"),
    "before the beginning": b"9 0 obj\n" + SCRIPT + b"\nendobj\n" + pdf(),
    "after the end": pdf() + b"9 0 obj\n<< /S /Launch >>\nendobj\n",
    "behind a wrong end": pdf(b"<< /A 1 endobj /S /Launch >>"),
    # packed
    "packed": pdf(packed_objects(b"<< /A 1 >>", SCRIPT)),
    "packed in no way": pdf(packed_objects(SCRIPT, is_packed=False)),
    "packed and escaped": pdf(packed_objects(b"<< /S /L#61unch >>")),
    "packed inside a string": pdf(
        stream(b"20 0 21 5 " + b"(aa( <</S/Launch>> ))", b"/Type /ObjStm /N 2 /First 10 ")
    ),
    "packed, unnamed": pdf(stream(b"20 0 <</S/Launch>>", b"/N 1 /First 5 ")),
    "packed, without a first": pdf(TABLE, stream(b"20 5 <</S/Launch>>", b"/N 1 ")),
    # by itself
    "calling home": acting(b"<< /S /URI /URI (https://e.example) >>"),
    "opening a file": acting(b"<< /S /URI /URI (file:///C:/x) >>"),
    "opening another paper": acting(b"<< /S /GoToR /F (x.pdf) /D [0 /Fit] >>"),
    "in another object": pdf(b"<< /OpenAction 3 0 R >>", b"<< /S /URI /URI (https://e) >>"),
    "afterwards": pdf(
        b"<< /OpenAction << /S /GoTo /D [1 0 R /Fit] /Next [3 0 R] >> >>",
        b"<< /S /URI /URI (https://e) >>",
    ),
    "when a page is shown": pdf(b"<< /AA << /O << /S /URI /URI (https://e) >> >> >>"),
    "when a page is shown, elsewhere": pdf(
        b"<< /AA 3 0 R >>", b"<< /O 4 0 R >>", b"<< /S /URI /URI (https://e) >>"
    ),
    "packed, by itself": pdf(
        packed_objects(b"<< /OpenAction 21 0 R >>", b"<< /S /URI /URI (https://e) >>")
    ),
}
ATTACHED = {
    "attached": pdf(b"<< /Names << /EmbeddedFiles 3 0 R >> >>"),
    "carried": pdf(b"<< /Type /Filespec /F (x.exe) /EF << /F 3 0 R >> >>"),
    "on a page": pdf(b"<< /Subtype /FileAttachment /FS 3 0 R >>"),
    "opened inside": pdf(b"<< /S /GoToE /T << /R /C >> >>"),
}
LINKED = {
    "a share": pdf(b"<< /S /GoToR /F (\\\\\\\\evil\\\\share\\\\a.pdf) >>"),
    "a share with single signs": pdf(link(b"(file://evil/share)")),
    "a share behind the own computer": pdf(link(b"(file:////evil/share)")),
    "a share in hexadecimal": pdf(b"<< /F << /Type /Filespec /UF <FEFF005C005C0065> >> >>"),
    "a share in octal": pdf(link(b"(\\146ile:\\57\\057evil/share)")),
    "a share in another object": pdf(link(b"3 0 R"), b"(\\\\\\\\evil\\\\share)"),
    "a share, packed": pdf(packed_objects(link(b"21 0 R"), b"(//evil/share)")),
    "the base of all links": pdf(b"<< /URI << /Base (file://evil/) >> >>"),
    "a program of the web": pdf(link(b"(ms-msdt:/id PCWDiagnostic)")),
    "a script as a link": pdf(link(b"(java\\nscript:alert\\(1\\))")),
}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        *((content, ACTIVE_PDF) for content in ACTIVE.values()),
        *((content, ATTACHED_PDF) for content in ATTACHED.values()),
        *((content, LINKED_PDF) for content in LINKED.values()),
    ],
    ids=[*ACTIVE, *ATTACHED, *LINKED],
)
def test_what_acts_carries_or_leads_astray_is_refused_and_told(content, reason):
    with pytest.raises(FileRefused) as refusal:
        clean_file("law.pdf", content, unlock_pdf)

    assert str(refusal.value.sentence) == str(reason)


DOUBTFUL = {
    "no end": b"%PDF-1.7\n1 0 obj\n",
    "an archive too": pdf() + office("docx"),
    "a program before": b"MZ\x90\x00" + pdf(),
    "a page of the web before": b"<html><script>1</script>" + pdf(),
    "much after the end": pdf() + b"x" * 2000,
    "a stream within a dictionary": pdf(b"<< /A << >> stream\n/S /Launch\nendstream >>"),
    "a broken string": pdf(b"<< /A <zz> >>"),
    "objects packed otherwise": pdf(
        stream(b"3c3c", b"/Type /ObjStm /N 1 /First 5 /Filter /ASCIIHexDecode ", is_packed=False)
    ),
    "what may be objects, packed otherwise": pdf(
        TABLE, stream(b"7fff>", b"/N 3 /Filter [/RunLengthDecode] ", is_packed=False)
    ),
    "objects in rows": pdf(packed_objects(b"x", header=b"/DecodeParms << /Predictor 12 >> ")),
    "objects in another file": pdf(packed_objects(b"x", header=b"/F (other) ")),
    "objects packed by a short name": pdf(packed_objects(b"x", header=b"/F /AHx ")),
    "objects counted elsewhere": pdf(stream(b"20 0 x", b"/Type /ObjStm /N 3 0 R /First 5 ")),
    "objects counted twice": pdf(packed_objects(b"x", header=b"/N 9 ")),
    "objects without a table": pdf(stream(b"<< /A 1 >>", b"/Type /ObjStm /N 1 /First 4 ")),
    "damaged objects": pdf(packed_objects(b"x" * 99)).replace(zlib.compress(b"")[:2], b"zz", 1),
    "an endless action": pdf(b"<< /OpenAction << /S /GoTo "),
    "two kinds of one action": acting(b"<< /S /GoTo /S /URI >>"),
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_readers_understand_differently_is_refused(name):
    with pytest.raises(FileRefused):
        clean_file("law.pdf", DOUBTFUL[name], unlock_pdf)


@pytest.mark.parametrize("packs", [True, False])
@pytest.mark.parametrize("revision", [2, 3, 4, 6])
def test_a_pdf_that_opens_without_a_password_is_looked_into(revision, packs):
    harmless = locked(acting(b"[3 0 R /Fit]"), revision=revision, packs=packs)
    home = acting(b"<< /S /URI /URI (https://e) >>")
    share = one_page("Act").replace(
        b"/Contents", b"/Annots [<< /A << /S /URI /URI (//e/s) >> >>] /C"
    )

    assert clean_file("gazette.pdf", harmless, unlock_pdf) == harmless
    for hostile, reason in ((home, ACTIVE_PDF), (share, LINKED_PDF)):
        with pytest.raises(FileRefused) as refusal:
            clean_file("g.pdf", locked(hostile, revision=revision, packs=packs), unlock_pdf)
        assert str(refusal.value.sentence) == str(reason)


@pytest.mark.parametrize("revision", [2, 3, 4, 6])
def test_a_pdf_that_asks_for_a_password_is_told_as_such(revision):
    content = locked(one_page("Act"), password="user", revision=revision)

    with pytest.raises(FileRefused) as refusal:
        clean_file("law.pdf", content, unlock_pdf)

    assert str(refusal.value.sentence) == str(ENCRYPTED)


LOCKS = {
    "of another kind": b"/Encrypt << /Filter /Adobe.PubSec /V 4 /R 4 >>",
    "without its parts": b"/Encrypt << /Filter /Standard /V 5 /R 6 >>",
    "with parts of other kinds": b"/Encrypt << /Filter /Standard /V 5 /R 6 /O 1 /U [] /P (a) >>",
    "of no length": b"/Encrypt << /Filter /Standard /V 5 /R 6 /O () /U () /OE () /UE () /P 1 >>",
    "of endless length": b"/Encrypt << /Filter /Standard /V 1 /R 2 /Length 99999999 /O () /U () >>",
    "by an unknown cipher": b"/Encrypt << /Filter /Standard /V 5 /R 6 /O () /U () /StmF /StdCF "
    b"/StrF /StdCF /CF << /StdCF << /CFM /ARSV3 >> >> >>",
    "by a filter that is none": b"/Encrypt << /Filter /Standard /V 4 /R 4 /StmF 3 /CF [] >>",
    "twice": b"/Encrypt << /Filter /Standard /V 1 >> /Encrypt << /Filter /Standard /V 2 >>",
}


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_that_is_none_of_the_standard_keeps_a_pdf_out(name):
    content = pdf() + b"trailer << " + LOCKS[name] + b" >>\n%%EOF\n"

    with pytest.raises(FileRefused) as refusal:
        clean_file("law.pdf", content, unlock_pdf)

    assert str(refusal.value.sentence) == str(ENCRYPTED)


@pytest.mark.parametrize(
    "content",
    [
        pdf(packed_objects(bytes(11_000))),
        pdf(*[packed_objects(bytes(3_000))] * 4),
        pdf(*[b"<< /A (9 0 obj %\\n) >>"] * 40, b" " * 8_000),
    ],
    ids=["one", "many", "read twice"],
)
def test_what_unpacks_to_too_much_is_refused(monkeypatch, content):
    assert clean_file("law.pdf", content)
    monkeypatch.setattr(pdf_syntax, "MOST_BYTES", 10_000)

    with pytest.raises(FileRefused) as refusal:
        clean_file("law.pdf", content)

    assert str(refusal.value.sentence) == str(TOO_LARGE_INSIDE)


SIZE = 256 * 1024
ESCAPES = [stream(b"#41" * 2_900_000)] * 40
WORST = {
    "forty streams of escapes": pdf(*ESCAPES),
    "forty packed streams of escapes": pdf(*[packed_objects(b"/" + b"#41" * 2_900_000)] * 40),
    **{
        repr(unit): pdf(unit * (SIZE // len(unit)))
        for unit in (
            b"(",
            b"()",
            b"(\\(",
            b"((",
            b"\\",
            b"%",
            b"%\n",
            b"<",
            b"<<",
            b"<41>",
            b"/#41",
            b"#41",
            b"/",
            b"[",
            b"1 0 obj",
            b"1 0 obj(",
            b"1 0 obj%",
            b"0 0 obj<<",
            b"obj\n",
            b"%\nobj ",
            b"stream\n",
            b"<<>>stream\n",
            b"1 0 obj<<>>stream\n",
            b"trailer",
            b"/OpenAction ",
            b"/OpenAction<</A 1>>",
            b"/OpenAction 1 0 R",
            b"/AA<</A 1 0 R>>",
            b"/F()",
            b"/F <",
            b"/F(\\1\\1\\1)",
            b"/Encrypt 1 0 R",
            b"/Encrypt<<>>",
            b"/ID[()]",
            b"/S 1 ",
            b"1 0 obj<</N 1/First 1>>stream\nendstream ",
            b"1 0 obj(\\1",
        )
    },
    "one number for all": pdf(b"1 0 obj<< /OpenAction 1 0 R >> " * 8_000),
    "a long table": pdf(stream(b"1 0 " * 900_000, b"/Type /ObjStm /N 800000 /First 3600000 ")),
    "one place for all": pdf(stream(b"1 9 " * 900_000 + b"(" * 99, b"/N 900000 /First 3600000 ")),
    "actions that lead to each other": pdf(
        *[b"<< /S /GoTo /Next [%s] >>" % (b"1 0 R 2 0 R 3 0 R 4 0 R " * 200)] * 900,
        b"<< /OpenAction 1 0 R >>" * 900,
    ),
}


@pytest.mark.parametrize("name", WORST)
def test_no_pdf_keeps_the_server_busy(name):
    started = time.process_time()
    with suppress(FileRefused):
        clean_file("law.pdf", WORST[name], unlock_pdf)

    assert time.process_time() - started < 1.5


def test_a_scan_is_taken_as_it_is():
    scan = pdf(stream(PHOTOGRAPH, b"/Subtype /Image /Filter /DCTDecode ", is_packed=False))

    assert clean_file("scan.pdf", scan) == scan
