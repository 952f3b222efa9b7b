"""The seal of documents: valid, of the whole file, with one's own certificate or another's."""

import asyncio
import io
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from cooperation.core.settings import Settings
from cooperation.typeset.compiler import compile_pdf
from cooperation.typeset.texts import Texts
from cooperation.vault.errors import SealRefusedError
from cooperation.vault.pdf_seal import open_seal, read_seal, trouble_of

NOW = datetime.now(UTC)
NAME = "Secretariat of the Assembly of States Parties"
PRINT, HIDDEN = 4, 2


def settings_of(folder: Path, **changes: object) -> Settings:
    return Settings(instance_path=folder, **changes)


def opened(settings: Settings):
    return open_seal(settings, organisation=NAME, now=NOW)


@pytest.fixture(scope="module")
def unsealed() -> bytes:
    sheet = {"document_title": "A note", "date": [2026, 11, 22], "reference_label": "No."}
    note = {"reference": "1", "title": "Note", "paragraphs": [], "place_and_date": "", "seal": ""}
    foot = {"addressee_lines": [], "annex_line": "", "annex_hash": ""}
    return compile_pdf("note", Texts("en", "note").common(year=2026) | sheet | note | foot).content


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = settings_of(tmp_path_factory.mktemp("own"))
    opened(settings)
    return settings


@pytest.fixture(scope="module")
def sealed(own: Settings, unsealed: bytes) -> bytes:
    return opened(own).seal(unsealed, reason="Submission 2026/AF01/1", place="The Hague")


def status_of(content: bytes, certificate: bytes):
    trusted = list(load_certs_from_pemder_data(certificate))
    context = ValidationContext(trust_roots=trusted, allow_fetching=False)
    (signature,) = PdfFileReader(io.BytesIO(content)).embedded_signatures
    return validate_pdf_signature(signature, context)


def own_file(settings: Settings) -> Path:
    return settings.instance_path / "seal" / "seal.pem"


def certificate_pair(folder: Path, key, *, days: int = 400) -> dict[str, Path]:
    """A certificate and its key as an authority would hand them over."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Seal of an authority")])
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=days))
        .add_extension(usage, critical=True)
        .sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())
    )
    pair = {"seal_certificate": folder / "seal.crt", "seal_key": folder / "seal.key"}
    pair["seal_certificate"].write_bytes(certificate.public_bytes(Encoding.PEM))
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pair["seal_key"].write_bytes(plain)
    pair["seal_key"].chmod(0o600)
    return pair


def test_a_sealed_file_is_valid_and_sealed_as_a_whole(own: Settings, sealed: bytes) -> None:
    status = status_of(sealed, own_file(own).read_bytes())

    assert status.intact
    assert status.valid
    assert status.trusted
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert status.modification_level is ModificationLevel.NONE
    assert status.bottom_line


def test_a_seal_is_set_where_an_event_loop_runs_already(own: Settings, unsealed: bytes) -> None:
    async def seal_it() -> bytes:
        return opened(own).seal(unsealed, reason="test", place="The Hague")

    assert asyncio.run(seal_it()).startswith(unsealed)


def test_what_was_printed_stays_byte_for_byte(sealed: bytes, unsealed: bytes) -> None:
    assert sealed.startswith(unsealed)


def test_one_changed_byte_is_seen(own: Settings, sealed: bytes) -> None:
    place = sealed.index(b"stream") + 20
    changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]

    assert not status_of(changed, own_file(own).read_bytes()).intact


def test_what_is_appended_is_not_accepted(own: Settings, sealed: bytes) -> None:
    extra = b"\n1 0 obj\n<< /Type /Pages /Count 0 /Kids [] >>\nendobj\n"
    status = status_of(sealed + extra, own_file(own).read_bytes())

    assert status.coverage is not SignatureCoverageLevel.ENTIRE_FILE


def test_the_seal_keeps_what_the_standards_ask(sealed: bytes) -> None:
    reader = PdfReader(io.BytesIO(sealed))
    (page,) = [each for each in reader.pages if each.get("/Annots")]
    (widget,) = [each.get_object() for each in page["/Annots"]]
    left, bottom, right, top = (float(each) for each in widget["/Rect"])
    claims = reader.root_object["/Metadata"].get_object().get_data().decode()

    assert sealed.startswith(b"%PDF-1.7")
    assert "/Version" not in reader.root_object
    assert widget["/F"] & PRINT
    assert not widget["/F"] & HIDDEN
    assert left == right < 0
    assert bottom == top < 0
    assert page["/Tabs"] == "/S"
    assert widget["/TU"]
    assert "/NeedAppearances" not in reader.root_object["/AcroForm"]
    assert 'pdfaid:part="2"' in claims
    assert 'pdfaid:conformance="A"' in claims
    assert 'pdfuaid:part="1"' in claims


def test_a_seal_asks_nobody(own: Settings, unsealed: bytes, monkeypatch) -> None:
    def refuse(*_words: object) -> None:
        raise AssertionError("a seal is made without a network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)

    assert opened(own).seal(unsealed, reason="r", place="p")


def test_the_own_seal_is_made_once_and_for_its_owner_alone(own: Settings) -> None:
    before = own_file(own).read_bytes()

    mark = opened(own).mark

    assert own_file(own).read_bytes() == before
    assert own_file(own).stat().st_mode & 0o777 == 0o600
    assert own_file(own).parent.stat().st_mode & 0o777 == 0o700
    assert mark.is_own
    assert mark.subject == mark.issuer
    assert NAME in mark.subject
    assert timedelta(days=3650) < mark.ends_at - NOW < timedelta(days=3654)


def later(settings: Settings, years: float):
    return open_seal(settings, organisation=NAME, now=NOW + timedelta(days=years * 365.25))


@pytest.mark.parametrize("years", [9.5, 11, 40])
def test_the_own_seal_is_renewed_by_itself_and_what_it_sealed_stays_valid(
    years: float, tmp_path: Path, unsealed: bytes
) -> None:
    settings = settings_of(tmp_path)
    first = opened(settings)
    sealed, before = first.seal(unsealed, reason="r", place="p"), own_file(settings).read_bytes()

    renewed = later(settings, years)

    month = timedelta(days=30)
    assert trouble_of(renewed.mark, NOW + timedelta(days=years * 365.25), notice=month) is None
    assert renewed.mark.fingerprint != first.mark.fingerprint
    assert own_file(settings).stat().st_mode & 0o777 == 0o600
    (kept,) = own_file(settings).parent.glob("until-*.pem")
    assert kept.read_bytes() in before
    assert b"PRIVATE" not in kept.read_bytes()
    assert status_of(sealed, kept.read_bytes()).bottom_line
    assert status_of(sealed, own_file(settings).read_bytes()).valid
    again = renewed.seal(
        unsealed, reason="r", place="p"
    )  # by today's clock, as after a clock set back
    assert status_of(again, own_file(settings).read_bytes()).bottom_line


def test_the_own_seal_is_renewed_once(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    opened(settings)

    assert later(settings, 8.9).mark == opened(settings).mark
    assert later(settings, 9.5).mark == later(settings, 9.6).mark == opened(settings).mark


@pytest.mark.parametrize("kind", ["rsa", "ecdsa"])
def test_a_certificate_by_setting_seals(kind: str, tmp_path: Path, unsealed: bytes) -> None:
    key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else _ecdsa()
    pair = certificate_pair(tmp_path, key)
    seal = opened(settings_of(tmp_path, **pair))

    status = status_of(seal.seal(unsealed, reason="r", place="p"), _read(pair, "seal_certificate"))

    assert status.bottom_line
    assert not seal.mark.is_own
    assert seal.mark.subject == "CN=Seal of an authority"
    assert not (tmp_path / "seal").exists()


def test_a_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    pair = certificate_pair(tmp_path, _ecdsa())
    other = _ecdsa().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pair["seal_key"].write_bytes(other)

    assert "does not belong" in refusal(tmp_path, pair)


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    pair = certificate_pair(tmp_path, _ecdsa())
    pair["seal_key"].chmod(0o640)

    assert "can be read by others" in refusal(tmp_path, pair)


def test_a_key_with_a_passphrase_is_refused(tmp_path: Path) -> None:
    pair = certificate_pair(tmp_path, _ecdsa())
    shut = _ecdsa().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
    )
    pair["seal_key"].write_bytes(shut)

    assert "passphrase" in refusal(tmp_path, pair)


def test_a_key_that_readers_of_pdf_do_not_know_is_refused(tmp_path: Path) -> None:
    pair = certificate_pair(tmp_path, ed25519.Ed25519PrivateKey.generate())

    assert "RSA" in refusal(tmp_path, pair)


@pytest.mark.parametrize("name", ["seal_certificate", "seal_key"])
def test_files_that_are_away_or_no_pem_are_refused(name: str, tmp_path: Path) -> None:
    pair = certificate_pair(tmp_path, _ecdsa())
    pair[name].write_bytes(b"no PEM")
    broken = refusal(tmp_path, pair)
    pair[name].unlink()

    assert "not in PEM" in broken
    assert "cannot be read" in refusal(tmp_path, pair)


def test_certificate_and_key_are_set_together(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="belong together"):
        settings_of(tmp_path, seal_certificate=tmp_path / "seal.crt")


def test_an_end_within_a_month_is_said(tmp_path: Path) -> None:
    pair = certificate_pair(tmp_path, _ecdsa(), days=20)
    mark = opened(settings_of(tmp_path, **pair)).mark
    month = timedelta(days=30)

    assert trouble_of(mark, NOW - month, notice=month) is None
    assert "ends on" in str(trouble_of(mark, NOW, notice=month))
    assert "ended on" in str(trouble_of(mark, NOW + month, notice=month))


def test_nothing_is_made_by_looking(tmp_path: Path) -> None:
    assert read_seal(settings_of(tmp_path)) is None
    assert not (tmp_path / "seal").exists()


def refusal(folder: Path, pair: dict[str, Path]) -> str:
    with pytest.raises(SealRefusedError) as refused:
        opened(settings_of(folder, **pair))
    return str(refused.value.sentence)


def _read(pair: dict[str, Path], name: str) -> bytes:
    return pair[name].read_bytes()


def _ecdsa() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())
