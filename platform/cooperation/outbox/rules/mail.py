"""One mail as bytes to be wrapped, and what an e-mail address may look like."""

import base64
import json
import re
from dataclasses import dataclass

from cooperation.vault.encoding import canonical_json

_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}"
)
_LONGEST_ADDRESS = 254


def is_sendable(value: str) -> bool:
    """Tell whether `value` is one address and nothing more, so that no header is broken by it.

    Wider than what is taken today (`core.emails`): to older addresses mail still goes.
    """
    return len(value) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(value) is not None


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail; `content_type` such as `application/pdf`."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Mail:
    """What leaves: recipient, subject from a fixed string, plain text, files."""

    to: str
    subject: str
    body: str
    attachments: tuple[Attachment, ...] = ()

    def to_bytes(self) -> bytes:
        """Return the mail as canonical JSON."""
        files = [
            {
                "content": base64.b64encode(attachment.content).decode(),
                "content_type": attachment.content_type,
                "name": attachment.name,
            }
            for attachment in self.attachments
        ]
        return canonical_json(
            {"attachments": files, "body": self.body, "subject": self.subject, "to": self.to}
        )

    @classmethod
    def from_bytes(cls, payload: bytes) -> "Mail":
        """Return the mail that `to_bytes` wrote."""
        members = json.loads(payload)
        files = tuple(
            Attachment(file["name"], file["content_type"], base64.b64decode(file["content"]))
            for file in members["attachments"]
        )
        return cls(members["to"], members["subject"], members["body"], files)
