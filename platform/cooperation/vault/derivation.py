"""Keys from keys: HKDF with SHA-256 (RFC 5869), one label for each use."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cooperation.vault.encoding import length_prefixed


def derive(material: bytes, label: str, *context: bytes | str | int, length: int = 32) -> bytes:
    """Return `length` bytes from `material` for the use that `label` and `context` name."""
    info = length_prefixed(label, *context)
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(material)
