"""The platform's seal on a PDF: an invisible PAdES signature (B-B), made without any network.

The certificate comes from the settings, or is one of the instance's own, made at init: ECDSA on
P-256, since readers of PDF know no Ed25519, for ten years. In its last year it is made anew for the
same key, from the same first day, and the old one stays beside it: what was sealed is as good as
before, and no instance ends with its certificate. Nobody vouches for such a certificate, so the
document says its fingerprint. Time is the machine's; there is no time stamp of another's.

The signature is a certification (DocMDP) that allows further signatures and nothing else. Its
widget is printable, of no size and outside of the page: what PDF/A-2 and PDF/UA-1 ask of an
invisible signature (pyHanko's `InvisSigSettings`).
"""

import fcntl
import io
import os
import stat
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import NoReturn

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko_certvalidator.registry import SimpleCertificateStore

from cooperation.core.disk import force_to_disk
from cooperation.core.settings import Settings
from cooperation.core.text import Text, _
from cooperation.vault.errors import SealRefusedError

FIELD = "Seal"
_OWN_FILE = "seal.pem"
_OWN_LIFE = timedelta(days=3652)
_RENEWED_BEFORE = timedelta(days=365)
_CLOCKS_DIFFER = timedelta(days=1)
_SMALLEST_RSA = 2048
_LONGEST_NAME = 64  # X.520, ub-common-name and ub-organization-name

_Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class SealMark:
    """What a seal says of itself; `fingerprint` is the certificate's SHA-256 in hexadecimal."""

    subject: str
    issuer: str
    fingerprint: str
    ends_at: datetime
    is_own: bool


class _Signer(PdfSigner):
    """Keeps the file at PDF 1.7, which PDF/A-2 is made of.

    pyHanko calls a file with an ECDSA signature PDF 2.0. PAdES names what it adds to 1.7 by one
    extension (ETSI EN 319 142-1), and leaves the algorithms to CMS.
    """

    def register_extensions(self, pdf_out: BasePdfFileWriter, *, md_algorithm: str) -> None:
        """Name PAdES, and nothing of a later version."""
        del md_algorithm
        pdf_out.register_extension(ESIC_EXTENSION_1)


class Seal:
    """A certificate with its key, ready to seal."""

    __slots__ = ("_signer", "mark")

    def __init__(self, signer: SimpleSigner, mark: SealMark) -> None:
        self._signer = signer
        self.mark = mark

    def seal(self, content: bytes, *, reason: str, place: str) -> bytes:
        """Return the PDF with the signature appended; what was there stays byte for byte."""
        field = SigFieldSpec(
            FIELD,
            invis_sig_settings=InvisSigSettings(box_out_of_bounds=True),
            readable_field_name=FIELD,
        )
        about = PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            reason=reason,
            location=place,
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.FILL_FORMS,
        )
        sealed = io.BytesIO()
        writer = IncrementalPdfFileWriter(io.BytesIO(content))
        signer = _Signer(about, self._signer, new_field_spec=field)
        # pyHanko starts an event loop; in a thread of its own, whatever runs in the caller's.
        with ThreadPoolExecutor(1) as apart:
            apart.submit(signer.sign_pdf, writer, output=sealed).result()
        return sealed.getvalue()

    def __repr__(self) -> str:
        return "<seal>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a seal stays in its process")


def open_seal(settings: Settings, *, organisation: str, now: datetime) -> Seal:
    """Return the seal that the settings name, else the instance's own, made or renewed if due.

    Raises `SealRefusedError`, whose sentence says what is wrong with certificate or key.
    """
    found = read_seal(settings)
    if found is None:
        _make_own(_own_path(settings), organisation=organisation, host=settings.host, now=now)
    elif found.mark.is_own and found.mark.ends_at <= now + _RENEWED_BEFORE:
        _renew_own(_own_path(settings), organisation=organisation, host=settings.host, now=now)
    else:
        return found
    made = read_seal(settings)
    if made is None:
        raise SealRefusedError
    return made


def read_seal(settings: Settings) -> Seal | None:
    """Return the same, or None where the own one is not made yet; raises `SealRefusedError`."""
    if settings.seal_certificate is not None and settings.seal_key is not None:
        return _load(settings.seal_certificate, settings.seal_key, is_own=False)
    path = _own_path(settings)
    return _load(path, path, is_own=True) if path.exists() else None


def _own_path(settings: Settings) -> Path:
    return settings.instance_path / "seal" / _OWN_FILE


def _load(certificate: Path, key: Path, *, is_own: bool) -> Seal:
    chain = _certificates(certificate)
    content = _key_bytes(key)
    private = _private_key(content)
    if private.public_key() != chain[0].public_key():
        raise SealRefusedError(_("The seal's key does not belong to the seal's certificate."))
    encoded = b"".join(each.public_bytes(Encoding.PEM) for each in chain)
    first, *others = load_certs_from_pemder_data(encoded)
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call] # its class carries no types
    store.register_multiple(others)
    signer = SimpleSigner(
        signing_cert=first,
        signing_key=load_private_key_from_pemder_data(_plain(private), None),
        cert_registry=store,
    )
    return Seal(signer, _mark_of(chain[0], is_own=is_own))


def _mark_of(certificate: x509.Certificate, *, is_own: bool) -> SealMark:
    return SealMark(
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        ends_at=certificate.not_valid_after_utc,
        is_own=is_own,
    )


def _certificates(path: Path) -> Sequence[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except OSError as failure:
        raise SealRefusedError(_("The seal's certificate cannot be read.")) from failure
    except ValueError as failure:
        raise SealRefusedError(_("The seal's certificate is not in PEM.")) from failure


def _key_bytes(path: Path) -> bytes:
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SealRefusedError(_("The seal's key can be read by others: chmod 600."))
        return path.read_bytes()
    except OSError as failure:
        raise SealRefusedError(_("The seal's key cannot be read.")) from failure


def _private_key(content: bytes) -> _Key:
    try:
        found = load_pem_private_key(content, None)
    except (ValueError, TypeError) as failure:
        raise SealRefusedError(_("The seal's key is not in PEM, or has a passphrase.")) from failure
    if isinstance(found, ec.EllipticCurvePrivateKey):
        return found
    if isinstance(found, rsa.RSAPrivateKey) and found.key_size >= _SMALLEST_RSA:
        return found
    raise SealRefusedError(
        _("The seal's key must be RSA of %(bits)s bits or more, or ECDSA.", bits=_SMALLEST_RSA)
    )


def _plain(key: _Key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _make_own(path: Path, *, organisation: str, host: str, now: datetime) -> None:
    """Write key and certificate as one file, for its owner alone; an existing one stays."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _own_name(organisation, host)
    certificate = _own_certificate(key, name, now - _CLOCKS_DIFFER, now + _OWN_LIFE)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _put_in_place(_written_aside(path, key, certificate), path)
    except OSError as failure:
        raise SealRefusedError(_("The folder of the seal cannot be written.")) from failure


def _renew_own(path: Path, *, organisation: str, host: str, now: datetime) -> None:
    """Put another certificate of the same key in place; the old one, without key, stays beside."""
    try:
        with path.open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            if os.fstat(held.fileno()).st_ino != path.stat().st_ino:
                return  # another process was first
            content = held.read()
            old, key = x509.load_pem_x509_certificates(content)[0], _private_key(content)
            if not isinstance(key, ec.EllipticCurvePrivateKey):
                raise SealRefusedError
            name = _own_name(organisation, host)
            made = _own_certificate(key, name, old.not_valid_before_utc, now + _OWN_LIFE)
            kept = path.with_name(f"until-{old.not_valid_after_utc:%Y-%m-%d}.pem")
            kept.write_bytes(old.public_bytes(Encoding.PEM))
            _written_aside(path, key, made).replace(path)
            force_to_disk(kept)
            force_to_disk(path.parent)
    except OSError as failure:
        raise SealRefusedError(_("The folder of the seal cannot be written.")) from failure


def _written_aside(
    path: Path, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate
) -> Path:
    """Write key and certificate beside their place, forced to the disk; return where."""
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    with os.fdopen(os.open(aside, flags, 0o600), "wb") as file:
        file.write(_plain(key) + certificate.public_bytes(Encoding.PEM))
        file.flush()
        os.fsync(file.fileno())
    return aside


def _put_in_place(aside: Path, path: Path) -> None:
    try:
        os.link(aside, path)
    except FileExistsError:
        return  # another process was first
    finally:
        aside.unlink()
    force_to_disk(path.parent)


def _own_name(organisation: str, host: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation[:_LONGEST_NAME]),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Seal of the platform {host}"[:_LONGEST_NAME]),
        ]
    )


def _own_certificate(
    key: ec.EllipticCurvePrivateKey, name: x509.Name, starts_at: datetime, ends_at: datetime
) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts_at)
        .not_valid_after(ends_at)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_signs_only(), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _signs_only() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def trouble_of(mark: SealMark, now: datetime, *, notice: timedelta) -> Text | None:
    """Return what to mend: a certificate that ends within `notice`, or has ended."""
    if mark.ends_at <= now:
        return _("The seal's certificate ended on %(day)s.", day=mark.ends_at.date())
    if mark.ends_at <= now + notice:
        return _("The seal's certificate ends on %(day)s.", day=mark.ends_at.date())
    return None
