"""Uploads against readers that others wrote: qpdf for PDFs, Pillow for pictures.

What qpdf finds hostile is refused by us, whatever way it is written in; what it finds harmless and
well formed is taken. `ATTACK_REQUESTS` asks for more rounds.
"""

import io
import os
import random
import time
from collections.abc import Callable

import pikepdf
import pytest
from PIL import Image

from cooperation.responses.rules.uploads import FileRefused, clean_file
from cooperation.vault.pdf_locks import unlock_pdf
from tests.fixtures.pdf_oracle import acts
from tests.fixtures.real_documents import REWRITTEN, real_documents, rewritten, saved, scan

ROUNDS = 40 if os.environ.get("ATTACK_REQUESTS") else 4
SEED = int(os.environ.get("ATTACK_SEED", "20261122"))
PAPERS = {name: content for name, content in real_documents().items() if name[-3:] == "pdf"}
WAYS = [{}, *REWRITTEN.values()]
Dictionary, Name, Array = pikepdf.Dictionary, pikepdf.Name, pikepdf.Array

_WEB = "https://www.example.org/Launch-of-the-Act"
_ACTIONS: dict[str, dict[str, object]] = {
    "script": {"S": Name.JavaScript, "JS": "app.alert(1)"},
    "program": {"S": Name.Launch, "F": "cmd.exe"},
    "form": {"S": Name.SubmitForm, "F": _WEB},
    "share": {"S": Name.GoToR, "F": "\\\\evil\\share\\a.pdf", "D": Array([0, Name.Fit])},
    "file": {"S": Name.URI, "URI": "file://evil/share"},
}


def _on_click(paper: pikepdf.Pdf, action: pikepdf.Object) -> None:
    note = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action)
    paper.pages[0].Annots = Array([paper.make_indirect(note)])


def _at_opening(paper: pikepdf.Pdf, action: pikepdf.Object) -> None:
    paper.Root.OpenAction = action


def _when_shown(paper: pikepdf.Pdf, action: pikepdf.Object) -> None:
    paper.pages[-1].AA = paper.make_indirect(Dictionary(O=action))


def _afterwards(paper: pikepdf.Pdf, action: pikepdf.Object) -> None:
    first = Dictionary(S=Name.Named, N=Name.NextPage, Next=Array([action]))
    paper.Root.OpenAction = paper.make_indirect(first)


def _in_outline(paper: pikepdf.Pdf, action: pikepdf.Object) -> None:
    entry = paper.make_indirect(Dictionary(Title="/Launch", A=action))
    paper.Root.Outlines = paper.make_indirect(Dictionary(First=entry, Last=entry, Count=1))


_PLACES: tuple[Callable[[pikepdf.Pdf, pikepdf.Object], None], ...] = (
    _on_click,
    _at_opening,
    _when_shown,
    _afterwards,
    _in_outline,
)


def _with(
    content: bytes, action: dict[str, object], place: Callable[..., None], *, apart: bool
) -> bytes:
    """Return a PDF with an action in it, as an object of its own or within another."""
    made = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as paper:
        held = Dictionary(**action)
        place(paper, paper.make_indirect(held) if apart else held)
        paper.save(made)
    return made.getvalue()


def _is_taken(content: bytes) -> bool:
    try:
        clean_file("paper.pdf", content, unlock_pdf)
    except FileRefused:
        return False
    return True


@pytest.mark.parametrize("place", _PLACES)
@pytest.mark.parametrize("action", _ACTIONS)
def test_an_action_is_found_wherever_and_however_it_is_written(action, place):
    chance = random.Random(f"{SEED} {action} {place.__name__}")
    for _round in range(ROUNDS):
        name = chance.choice(sorted(PAPERS))
        hostile = _with(PAPERS[name], _ACTIONS[action], place, apart=chance.random() < 0.5)
        written = rewritten(hostile, **chance.choice(WAYS))

        with pikepdf.open(io.BytesIO(written)) as opened:
            assert acts(opened)
        assert not _is_taken(written), f"{name} with {action}"


def test_a_link_to_the_web_is_taken_however_it_is_written():
    chance = random.Random(SEED)
    link = {"S": Name.URI, "URI": _WEB}
    for _round in range(ROUNDS):
        for place in (_on_click, _in_outline):
            name = chance.choice(sorted(PAPERS))
            written = rewritten(_with(PAPERS[name], link, place, apart=True), **chance.choice(WAYS))

            assert _is_taken(written), f"{name} with a link"


def test_what_qpdf_still_opens_of_a_damaged_hostile_file_is_never_taken():
    """Bytes of a hostile file are changed: we may refuse more than qpdf, never take what acts."""
    chance = random.Random(SEED)
    judged = 0
    for _round in range(ROUNDS * 25):
        action = chance.choice(sorted(_ACTIONS))
        name = chance.choice(["latin.pdf", "sheet.pdf", "packed-latin.pdf", "L-pillow.pdf"])
        hostile = bytearray(
            rewritten(
                _with(PAPERS[name], _ACTIONS[action], chance.choice(_PLACES), apart=True),
                **chance.choice(WAYS),
            )
        )
        around = hostile.rfind(b"/S /") if chance.random() < 0.7 else -1
        for _change in range(chance.choice((1, 2, 8))):
            place = chance.randrange(len(hostile))
            if around > 0:
                place = min(max(0, around + chance.randrange(-150, 150)), len(hostile) - 1)
            hostile[place] = chance.choice(b"()<>[]/%#\\ \n0Rx")
        started = time.process_time()
        is_taken = _is_taken(bytes(hostile))
        assert time.process_time() - started < 2.0
        if is_taken:
            try:
                with pikepdf.open(io.BytesIO(bytes(hostile))) as opened:
                    assert not acts(opened), f"{name} with {action}"
                    judged += 1
            except (pikepdf.PdfError, RuntimeError, ValueError):
                continue
    assert judged


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_cleaned_picture_is_the_same_picture_to_another_reader(kind, mode):
    page = scan(mode)
    told = Image.Exif()
    told[0x010E] = "taken by Jane Doe"
    told[0x0112] = 6
    content = saved(lambda made: page.save(made, kind, exif=told, comment=b"at home"))

    cleaned = clean_file(f"scan.{kind.lower()}", content)

    with Image.open(io.BytesIO(content)) as before, Image.open(io.BytesIO(cleaned)) as after:
        assert after.tobytes() == before.tobytes()
        assert after.mode == before.mode
        assert 0x010E not in after.getexif()
        assert b"Jane Doe" not in cleaned
        assert b"at home" not in cleaned
