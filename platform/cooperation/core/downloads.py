"""What a service hands over as a file."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Download:
    """A file to be saved, never to be shown or run."""

    name: str
    content_type: str
    content: bytes
