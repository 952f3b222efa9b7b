"""Documents that people have are taken; what they say of themselves to another reader agrees."""

import io

import pikepdf
import pytest

from cooperation.responses.rules.uploads import FileRefused, clean_file
from cooperation.responses.rules.uploads.refusals import EMBEDDED, ENCRYPTED, MORE_THAN_ONE
from cooperation.vault.pdf_locks import unlock_pdf
from tests.fixtures.papers import office
from tests.fixtures.pdf_oracle import acts
from tests.fixtures.real_documents import (
    FOLDER,
    HYBRID,
    LOCKED,
    real_documents,
    with_chart,
    workbook,
)


def test_the_corpus_is_as_large_as_it_says():
    endings = [name.rpartition(".")[2] for name in real_documents()]

    assert len(endings) >= 50
    assert {ending: endings.count(ending) for ending in ("odt", "docx", "xlsx")} == {
        "odt": 5,
        "docx": 10,
        "xlsx": 4,
    }


@pytest.mark.parametrize("name", real_documents())
def test_a_real_document_is_taken_as_it_is(name):
    content = real_documents()[name]

    assert clean_file(name, content, unlock_pdf) == content
    if name.endswith(".pdf"):
        with pikepdf.open(io.BytesIO(content)) as opened:
            assert not acts(opened)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        (LOCKED, (FOLDER / LOCKED).read_bytes(), ENCRYPTED),
        (HYBRID, (FOLDER / HYBRID).read_bytes(), MORE_THAN_ONE),
        ("chart.docx", with_chart(b"\xd0\xcf\x11\xe0", "oleObject1.bin"), EMBEDDED),
        ("chart.docx", with_chart(office("xlsx", {"xl/embeddings/a.xlsx": b""})), EMBEDDED),
    ],
)
def test_what_hides_behind_a_real_document_is_refused(name, content, reason):
    with pytest.raises(FileRefused) as refusal:
        clean_file(name, content, unlock_pdf)

    assert str(refusal.value.sentence) == str(reason)


@pytest.mark.parametrize("part", ["xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml"])
def test_the_table_of_a_chart_is_looked_at_too(part):
    inner = office("xlsx", {part: b"x"})

    assert clean_file("chart.docx", with_chart(workbook(is_rich=False)), unlock_pdf)
    with pytest.raises(FileRefused):
        clean_file("chart.docx", with_chart(inner), unlock_pdf)
