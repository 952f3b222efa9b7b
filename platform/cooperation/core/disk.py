"""What has to lie on the disk before anybody is told of it (design: reliability 4.2, rule 1)."""

import os
from pathlib import Path


def force_to_disk(place: Path) -> None:
    """Have a file's content, or a folder's own entries, written to the disk."""
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
