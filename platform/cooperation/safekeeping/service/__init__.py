"""Use cases of backups and restores, the door of this slice."""

from cooperation.accounts import service as accounts
from cooperation.circles import service as circles
from cooperation.outbox import service as outbox
from cooperation.register import service as register
from cooperation.safekeeping.models import WRAPPED

WRAPPED_TABLES = (
    *circles.WRAPPED,
    *accounts.WRAPPED,
    *register.WRAPPED,
    *outbox.WRAPPED,
    *WRAPPED,
)
"""Every column that the root key has wrapped."""

__all__ = ["WRAPPED_TABLES"]
