"""Uploads: what people add passes, what is hostile is refused, what tells too much is left out."""

import io
import os
import socket
import stat
import struct
import threading
import time
import zipfile
from contextlib import suppress

import pytest

from cooperation.demonstration.paper import one_page
from cooperation.responses.drafting.service import scanning
from cooperation.responses.rules.uploads import FileRefused, archives, clean_file
from cooperation.responses.rules.uploads.archives import MOST_MEMBERS
from cooperation.responses.rules.uploads.refusals import TOO_LARGE_INSIDE
from tests.fixtures.papers import (
    PHOTOGRAPH,
    chunk,
    exif,
    jpeg,
    jpeg_of_size,
    office,
    pdf,
    png,
    relations,
    segment,
)

SECRET = b"taken at 52.0705N by Jane Doe"
LINKS = relations(
    ("hyperlink", "https://example.org/a", "External"), ("styles", "s.xml", "Internal")
)


def field(*runs, end=""):
    """A Word file with a field whose instruction is written in these runs."""
    mark = '<w:r><w:fldChar w:fldCharType="%s"/></w:r>'
    texts = "".join(f"<w:r><w:instrText>{run}</w:instrText></w:r>" for run in runs)
    words = f"<w>{mark % 'begin'}{texts}{end or mark % 'separate' + mark % 'end'}</w>"
    return office("docx", main=words.encode())


def related(purpose, target, mode="External", part="word/_rels/document.xml.rels"):
    return office("docx", {part: relations((purpose, target, mode))})


def typed(types, *members):
    """A Word file that declares these types of content."""
    return archive(
        ("[Content_Types].xml", f"<T>{types}</T>"), ("word/document.xml", b"<w/>"), *members
    )


OUTER = '<?xml version="1.0" encoding="%s"?><!DOCTYPE w SYSTEM "file:///etc/passwd"><w/>'
MACRO_TYPE = 'ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"'


def archive(*members, comment=b""):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members:
            made.writestr(name, content)
        made.comment = comment
    return packed.getvalue()


def linked(name="word/link"):
    member = zipfile.ZipInfo(name)
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    return archive(("word/document.xml", b"<w/>"), (member, b"/etc/passwd"))


def lying(size):
    """A docx whose directory and header tell another size than its member has."""
    real = b"a" * 50_000
    whole = office("docx", {"word/big.txt": real})
    return whole.replace(struct.pack("<I", len(real)), struct.pack("<I", size))


def renamed():
    """A docx whose member is called otherwise by its own header."""
    whole = office("docx", {"word/aaaa.txt": b"x"})
    return whole.replace(b"word/aaaa.txt", b"word/bbbb.txt", 1)


def hidden():
    """A docx with bytes between the last member and the directory."""
    whole = office("docx")
    place = whole.index(b"PK\x01\x02")
    end = whole.index(b"PK\x05\x06")
    (start,) = struct.unpack("<I", whole[end + 16 : end + 20])
    more = bytes(100)
    tail = whole[end : end + 16] + struct.pack("<I", start + len(more)) + whole[end + 20 :]
    return whole[:place] + more + whole[place:end] + tail


GOOD = {
    "law.pdf": pdf(),
    "printed.pdf": one_page("A law"),
    "law.docx": office("docx", {"word/_rels/document.xml.rels": LINKS}),
    "share.docx": related("hyperlink", "file://server/share"),
    "drive.docx": related("hyperlink", "\\\\server\\share\\Law.docx"),
    "document.docx": related("hyperlink", "Law.docx"),
    "letterhead.docx": related("attachedTemplate", "file:///C:\\Templates\\Ministry%20a.dotx"),
    "letter.docx": related("attachedTemplate", "Z:\\Ministry.dotx"),
    "normal.docx": related("attachedTemplate", "Normal.dotm"),
    "unix.docx": related("attachedTemplate", "file:///home/jane/Letter.dotx"),
    "link-dde.docx": field('HYPERLINK "https://www.example.org/DDE"'),
    "escaped.docx": field("HYPERLINK ", "&#34;https://e.org/&amp;DDE&#34;"),
    "says-dde.docx": office(
        "docx", main=b"<w><w:t>DDEAUTO</w:t><w:instrText>PAGE</w:instrText></w>"
    ),
    "contents.docx": field("TOC \\o", end='<w:r><w:fldChar w:fldCharType="begin"/></w:r>'),
    "declared.docx": typed(f'<Default Extension="bin" {MACRO_TYPE}/>'),
    "named.docx": office("docx", {"word/media/vbaproject-plan.png": png()}),
    "western.docx": office(
        "docx", main="<?xml version='1.0' encoding='ISO-8859-1'?><w>é</w>".encode("latin-1")
    ),
    "marked.docx": office("docx", main=b"\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?><w/>"),
    "law.xlsx": office("xlsx", {"xl/styles.xml": b"<s/>", "xl/media/image1.png": png()}),
    "law.odt": office("odt", {"META-INF/manifest.xml": b"<m/>"}),
    "linked.odt": office(
        "odt",
        {"Pictures/1.png": png()},
        b'<o><text:a xlink:href="https://e"/><draw:image xlink:href="Pictures/1.png"/></o>',
    ),
    "scan.png": png(),
    "scan.jpeg": PHOTOGRAPH,
    "scan.JPG": PHOTOGRAPH,
}

HOSTILE = {
    # not what the name says
    "program.pdf": b"MZ\x90\x00",
    "page.png": pdf(),
    "image.pdf": png(),
    "law.exe": b"MZ",
    "law": pdf(),
    "law.docm": office("docx"),
    "law.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "law.html": b"<script>alert(1)</script>",
    "sheet.docx": office("xlsx"),
    "broken.docx": b"PK\x03\x04 but no archive",
    "cut.docx": office("docx")[:-30],
    # office files
    "macro.docx": office("docx", {"word/vbaProject.bin": b"\xd0\xcf"}),
    "MACRO.xlsx": office("xlsx", {"xl/VBAPROJECT.BIN": b"x"}),
    "excel4.xlsx": office("xlsx", {"xl/macrosheets/sheet1.xml": b"<x/>"}),
    "types.docx": archive(
        ("[Content_Types].xml", b'<T><O ContentType="application/x.macroEnabled.main"/></T>'),
        ("word/document.xml", b"<w/>"),
    ),
    "relation.docx": office(
        "docx", {"_rels/.rels": relations(("vbaProject", "x.bin", "Internal"))}
    ),
    "types-wide.docx": archive(
        (
            "[Content_Types].xml",
            '<T><O ContentType="application/x.macroEnabled.main"/></T>'.encode("utf-16"),
        ),
        ("word/document.xml", b"<w/>"),
    ),
    "types-escaped.xlsx": archive(
        ("[Content_Types].xml", b'<T><O ContentType="ms-excel.macroshee&#116;+xml"/></T>'),
        ("xl/workbook.xml", b"<w/>"),
    ),
    **{
        f"{purpose}.docx": office(
            "docx", {"word/_rels/document.xml.rels": relations((purpose, "plain.xml", "Internal"))}
        )
        for purpose in ("xlMacrosheet", "externalLink", "aFChunk", "control", "VBAProject")
    },
    "no-mode.docx": office(
        "docx", {"word/_rels/document.xml.rels": relations(("image", "http://e/p", ""))}
    ),
    "inside-mode.docx": office(
        "docx", {"word/_rels/document.xml.rels": relations(("image", "http://e/p", "Internal"))}
    ),
    **{
        f"template-{number}.docx": related("attachedTemplate", target)
        for number, target in enumerate(
            (
                "https://evil.example/a.dotm",
                "file://evil/a.dotm",
                "file:///\\\\evil\\a.dotm",
                "file:////evil/a.dotm",
                "\\\\evil\\a.dotm",
                "file:%2f%2fevil/a.dotm",
                "//evil/a.dotm",
                "\\\\?\\UNC\\evil\\a.dotm",
                "ftp://evil.example/a.dotm",
                " h\tttp://evil.example/a.dotm",
            )
        )
    },
    "blip.docx": office(
        "docx",
        {"word/_rels/document.xml.rels": relations(("hyperlink", "\\\\evil\\p", "External"))},
        b"<w><a:blip r:link='r0'/></w>",
    ),
    "vml.docx": office("docx", main=b'<w><v:imagedata o:title="" r:href="r0"/></w>'),
    "film.docx": office("docx", main=b'<w><a:videoFile r:link="r0"/></w>'),
    "program.docx": related("hyperlink", "ms-msdt:/id%20PCWDiagnostic"),
    "script-link.docx": related("hyperlink", "Java&#10;Script:alert(1)"),
    "utf-7.docx": office("docx", main=(OUTER % "UTF-7").encode("utf-7")),
    "ebcdic.docx": office("docx", main=(OUTER % "cp037").encode("cp037")),
    "ebcdic-part.docx": office("docx", {"word/settings.xml": (OUTER % "cp500").encode("cp500")}),
    "utf-16.docx": office("docx", main=(OUTER % "UTF-16").encode("utf-16")),
    "utf-16-le.docx": office("docx", main=(OUTER % "UTF-16").encode("utf-16-le")),
    "other-name.docx": office("docx", {"word/evil.bin": (OUTER % "UTF-8").encode()}),
    "macro-default.docx": typed(f'<Default Extension="BIN" {MACRO_TYPE}/>', ("word/a.bin", b"x")),
    "macro-any.docx": typed(f'<Override PartName="/word/a.bin" {MACRO_TYPE}/>'),
    "dde-split.docx": field("DD", "EAUTO c:\\cmd.exe"),
    "dde-quoted.docx": field(' "DDE" cmd'),
    "dde-unended.docx": field("DDE cmd", end="<w:t/>"),
    "dde-nested.docx": field(
        "IF 1",
        end='<w:fldChar w:fldCharType="begin"/><w:instrText>DDE a</w:instrText>'
        '<w:fldChar w:fldCharType="end"/>',
    ),
    "dde-comment.docx": field("DD<!-- a -->EAUTO cmd"),
    "dde-section.docx": field("<![CDATA[DDE cmd]]>"),
    "dde-bracket.docx": office("docx", main=b"<w><w:instrText w:a='>'>DDE cmd</w:instrText></w>"),
    "dde-simple.docx": office("docx", main=b"<w><w:fldSimple w:a='>' w:instr='DDE cmd'/></w>"),
    "dde-escaped.docx": office("docx", main=b"<w><w:instrText>&#68;DE cmd</w:instrText></w>"),
    "dde.odt": office("odt", main=b'<o><text:dde-connection-decl office:dde-topic="x"/></o>'),
    "event.odt": office("odt", main=b'<o><script:event-listener xlink:href="vnd.x"/></o>'),
    "picture.odt": office("odt", main=b'<o><draw:image xlink:href="https://e/p.png"/></o>'),
    "share.odt": office("odt", main=b"<o><draw:object xlink:href='//e/p'/></o>"),
    "basic.odt": office("odt", {"Basic/Standard/Module1.xml": b"<x/>"}),
    "control.docx": office("docx", {"word/activeX/activeX1.xml": b"<x/>"}),
    "template.docx": office(
        "docx",
        {"word/_rels/settings.xml.rels": relations(("attachedTemplate", "https://e", "External"))},
    ),
    "picture.docx": office(
        "docx", {"word/_rels/document.xml.rels": relations(("image", "http://e/p", "External"))}
    ),
    "unc.docx": office(
        "docx", {"word/_rels/document.xml.rels": relations(("oleObject", "\\\\e\\s", "external"))}
    ),
    "links.xlsx": office("xlsx", {"xl/externalLinks/externalLink1.xml": b"<x/>"}),
    "object.docx": office("docx", {"word/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0"}),
    "ole.docx": office("docx", {"word/media/image1.emf": b"\xd0\xcf\x11\xe0"}),
    "nested.docx": office("docx", {"word/media/image1.png": office("docx")}),
    "gzip.docx": office("docx", {"word/media/image1.png": b"\x1f\x8b\x08"}),
    "dde.docx": office("docx", main=b"<w><w:instrText> DDEAUTO c:\\cmd.exe </w:instrText></w>"),
    "dde2.docx": office("docx", main=b'<w><w:fldSimple w:instr=" DDE cmd "/></w>'),
    "entity.docx": office("docx", {"_rels/.rels": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
    "laughs.docx": office("docx", main=b"<!-- x --><!DOCTYPE lolz><w/>"),
    "outer.docx": office("docx", {"[content_types].xml": b'<!DOCTYPE a SYSTEM "file:///x"><a/>'}),
    "wide.docx": office("docx", main="<w/>".encode("utf-16")),
    "bad-xml.docx": office("docx", {"_rels/.rels": b"<a><b></a>"}),
    # archives
    "bomb.docx": office("docx", {"word/big.xml": bytes(3_000_000)}),
    "lying.docx": lying(10),
    "lying-up.docx": lying(60_000),
    "many.docx": office("docx", {f"word/{n}.txt": b"" for n in range(MOST_MEMBERS)}),
    "climbing.docx": office("docx", {"../../etc/cron.d/x": b"x"}),
    "absolute.docx": office("docx", {"/etc/passwd": b"x"}),
    "drive.docx": office("docx", {"C:/x": b"x"}),
    "windows.docx": office("docx", {"..\\x": b"x"}),
    "symlink.docx": linked(),
    "double.docx": office("docx", {"Word/Document.xml": b"<other/>"}),
    "renamed.docx": renamed(),
    "hidden.docx": hidden(),
    "prefixed.docx": b"#!/bin/sh\n" + office("docx"),
    "commented.docx": archive(("word/document.xml", b"<w/>"), comment=b"PK\x05\x06" + bytes(18)),
    "trailing.docx": office("docx") + b"more",
    "locked.odt": office("odt", {"META-INF/manifest.xml": b"<m:encryption-data/>"}),
    # images
    "bomb.png": png(20_000, 20_000),
    "flat.png": png(0, 5),
    "cut.png": png()[:-6],
    "damaged.png": png().replace(b"IDAT", b"IDAU"),
    "unknown.png": png(3, 2, chunk(b"ABcD", b"")),
    "headless.png": b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""),
    "bomb.jpeg": jpeg_of_size(10_000, 10_000),
    "flat.jpeg": jpeg_of_size(10, 0),
    "cut.jpeg": PHOTOGRAPH[:-2],
    "headless.jpeg": b"\xff\xd8\xff\xd9",
    "short.jpeg": b"\xff\xd8\xff\xe0\xff\xff",
}


@pytest.mark.parametrize("name", GOOD)
def test_what_people_add_is_taken(name):
    content = GOOD[name]

    kept = clean_file(name, content)

    assert kept == content or name.endswith(("png", "jpeg", "JPG"))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused(name):
    with pytest.raises(FileRefused) as refusal:
        clean_file(name, HOSTILE[name])

    assert str(refusal.value.sentence)


@pytest.mark.parametrize(
    ("module", "name", "content"),
    [
        (archives, "large.docx", office("docx", {"word/a.txt": bytes(range(256)) * 50})),
    ],
)
def test_what_unpacks_to_too_much_is_refused(monkeypatch, module, name, content):
    assert clean_file(name, content)
    monkeypatch.setattr(module, "MOST_BYTES", 10_000)

    with pytest.raises(FileRefused) as refusal:
        clean_file(name, content)

    assert str(refusal.value.sentence) == str(TOO_LARGE_INSIDE)


SLOW = {
    "fields.docx": office("docx", {"word/a.txt": os.urandom(4000)}, b"instrText fldSimple" * 8000),
    "marks.docx": office("docx", {"word/a.txt": os.urandom(400_000)}, b"<w:fldChar/>" * 900_000),
    "texts.docx": office("docx", {"word/a.txt": os.urandom(90_000)}, b"<instrText>D" * 500_000),
    "pictures.docx": office("docx", {"a.txt": os.urandom(90_000)}, b"<a:blip b:c" * 800_000),
    "no-elements.docx": office(
        "docx", {"word/a.txt": os.urandom(400_000)}, b"<" + b"a" * 30_000_000
    ),
    "links.odt": office("odt", {"a.txt": os.urandom(4000)}, b"<draw:image a " * 10_000),
    "filled.jpeg": PHOTOGRAPH[:-2] + b"\xff" * 300_000 + b"\x00\xff\xd9",
    "scans.jpeg": PHOTOGRAPH[:-2] + b"\xff\xda\x00\x02" * 500_000 + b"\xff\xd9",
    "relations.docx": office(
        "docx",
        {f"_rels/{number}.rels": b"<a>" + b"<b/>" * 200_000 + b"</a>" for number in range(3)}
        | {"word/a.txt": os.urandom(100_000)},
    ),
}


@pytest.mark.parametrize("name", SLOW)
def test_no_file_keeps_the_server_busy(name):
    started = time.process_time()
    with suppress(FileRefused):
        clean_file(name, SLOW[name])

    assert time.process_time() - started < 2.0


def test_a_picture_loses_its_texts_times_and_places_and_no_pixel():
    words = (
        chunk(b"tEXt", SECRET),
        chunk(b"zTXt", SECRET),
        chunk(b"iTXt", SECRET),
        chunk(b"eXIf", SECRET),
        chunk(b"tIME", bytes(7)),
        chunk(b"prVt", SECRET),
    )
    kept = chunk(b"gAMA", bytes(4))

    cleaned = clean_file("scan.png", png(3, 2, *words, kept, end=b"<script>" + SECRET))

    assert cleaned == png(3, 2, kept)


def test_a_photograph_loses_its_texts_times_and_places_and_no_pixel():
    told = (
        exif(1, SECRET),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET),
        segment(0xE2, b"MPF\0" + SECRET),
        segment(0xED, b"Photoshop 3.0\0" + SECRET),
        segment(0xFE, SECRET),
    )

    cleaned = clean_file("scan.jpeg", jpeg(*told, end=PHOTOGRAPH + SECRET))

    assert cleaned == PHOTOGRAPH


def test_a_photograph_keeps_how_it_was_held():
    cleaned = clean_file("scan.jpeg", jpeg(exif(6, SECRET)))

    assert SECRET not in cleaned
    assert cleaned != PHOTOGRAPH
    assert cleaned == clean_file("scan.jpeg", cleaned)
    assert struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) in cleaned


@pytest.mark.parametrize(
    "damage", [b"", b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0XX"]
)
def test_damaged_metadata_is_left_out_too(damage):
    assert clean_file("scan.jpeg", jpeg(segment(0xE1, damage))) == PHOTOGRAPH


class Daemon:
    """A clamd that understands INSTREAM and says what it is told to."""

    def __init__(self, place, reply):
        self.received = b""
        self._reply = reply
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(place))
        self._listener.listen()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self):
        line, _ = self._listener.accept()
        with line, line.makefile("rb") as words:
            assert words.read(10) == b"zINSTREAM\0"
            while length := int.from_bytes(words.read(4), "big"):
                self.received += words.read(length)
            line.sendall(self._reply)

    def end(self):
        self._thread.join()
        self._listener.close()


@pytest.mark.parametrize(
    ("reply", "failure"),
    [
        (b"stream: OK\0", None),
        (b"stream: Eicar-Test-Signature FOUND\0", FileRefused),
        (b"INSTREAM size limit exceeded. ERROR\0", scanning.CheckUnavailable),
        (b"", scanning.CheckUnavailable),
        (b"stream: OK, or so", scanning.CheckUnavailable),
    ],
)
def test_the_virus_check_decides_and_fails_closed(tmp_path, reply, failure):
    content = bytes(range(256)) * 1000
    daemon = Daemon(tmp_path / "clamd", reply)
    try:
        if failure is None:
            scanning.check_for_viruses(tmp_path / "clamd", content)
        else:
            with pytest.raises(failure):
                scanning.check_for_viruses(tmp_path / "clamd", content)
    finally:
        daemon.end()

    assert daemon.received == content


def test_without_an_answering_daemon_nothing_is_kept(tmp_path):
    with pytest.raises(scanning.CheckUnavailable):
        scanning.check_for_viruses(tmp_path / "nobody", b"x")
    scanning.check_for_viruses(None, b"x")
