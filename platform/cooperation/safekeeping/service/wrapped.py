"""Every column that the root key has wrapped, of all slices below this one and its own."""

from cooperation.accounts import service as accounts
from cooperation.circles import service as circles
from cooperation.outbox import service as outbox
from cooperation.register import service as register
from cooperation.safekeeping.models import WRAPPED
from cooperation.two_persons import service as two_persons

WRAPPED_TABLES = (
    *circles.WRAPPED,
    *two_persons.WRAPPED,
    *accounts.WRAPPED,
    *register.WRAPPED,
    *outbox.WRAPPED,
    *WRAPPED,
)
"""In the order of loss, smallest first, should somebody interrupt a rotation."""
