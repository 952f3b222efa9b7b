"""The documents of a receipt as data for canonical JSON (docs/receipt.md, sections 4 and 5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from cooperation.core.documents import read_json
from cooperation.responses.rules.manifest import Json, ManifestAnswer, SignedSubmission
from cooperation.responses.rules.submission import OpenedAnswer

RECEIPT_KIND = "receipt/1"
ANSWERS_KIND = "answers/1"
BY_CODE = "code_instead_of_passkey"
"""Why there is no approval: the instance takes codes, for demonstration or training."""

FOUNDED_AGAIN = "circle_founded_again"
"""Why the State itself cannot open an answer: it lost its keys with its last member."""

_LONGEST_CLIENT_DATA = 16 * 1024


@dataclass(frozen=True)
class Signatures:
    """What was signed at the submission, byte for byte, and by which keys."""

    manifest: bytes
    signing_key: bytes
    signature: bytes
    approval: Mapping[str, bytes] | None


@dataclass(frozen=True)
class ReceiptAnswer:
    """One answer of a receipt; `opened` is none where the State cannot open it."""

    signed: ManifestAnswer
    opened: OpenedAnswer | None
    narrowed_at: str | None


def receipt_document(
    submission: SignedSubmission,
    signatures: Signatures,
    *,
    instance: str,
    origin: str,
    log_key: str,
    entry: bytes,
) -> Json:
    """Return what `receipt.json` says."""
    approval = None if signatures.approval is None else _approval(signatures.approval)
    return {
        "kind": RECEIPT_KIND,
        "instance": instance,
        "origin": origin,
        "log_key": log_key,
        **_place(submission),
        "root": submission.root.hex(),
        "manifest": signatures.manifest.decode(),
        "signing_key": signatures.signing_key.hex(),
        "signature": signatures.signature.hex(),
        "entry": entry.decode(),
        "approval": approval,
        "approval_missing": BY_CODE if approval is None else None,
    }


def answers_document(submission: SignedSubmission, answers: Iterable[ReceiptAnswer]) -> Json:
    """Return what `answers.json` says."""
    return {
        "kind": ANSWERS_KIND,
        **_place(submission),
        "answers": [_answer(each) for each in answers],
    }


def relying_party_of(client_data: bytes) -> str:
    """Return the host that a passkey answered, from what the browser signed."""
    read = read_json(client_data.decode(), longest=_LONGEST_CLIENT_DATA)
    origin = read.get("origin") if isinstance(read, Mapping) else None
    return urlsplit(str(origin)).hostname or ""


def _place(submission: SignedSubmission) -> dict[str, Json]:
    return {
        "edition": submission.edition,
        "state": submission.state_code,
        "number": submission.number,
        "submission": submission.id,
    }


def _approval(approval: Mapping[str, bytes]) -> dict[str, Json]:
    in_hex: dict[str, Json] = {name: content.hex() for name, content in approval.items()}
    return in_hex | {"relying_party": relying_party_of(approval["client_data"])}


def _answer(answer: ReceiptAnswer) -> Json:
    signed, opened = answer.signed, answer.opened
    return {
        "question": signed.question,
        "audience": signed.audience,
        "status": signed.status,
        "commitment": signed.commitment.hex(),
        "answer": None if opened is None else opened.canonical.decode(),
        "salt": None if opened is None else opened.salt.hex(),
        "unreadable": FOUNDED_AGAIN if opened is None else None,
        "narrowed_at": answer.narrowed_at,
    }
