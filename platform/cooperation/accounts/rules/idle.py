"""Accounts that nobody used for long are blocked until somebody vouches for them (reliability 1.4).

Keys are never deleted by a clock: a blocked account opens again as soon as it is confirmed.
"""

import calendar
from datetime import datetime

UNUSED_MONTHS = 15
_MONTHS = 12


def blocked_from(last_used_at: datetime, confirmed_at: datetime | None = None) -> datetime:
    """Return the instant from which an account is blocked, unless it is used or confirmed before.

    `last_used_at` is the last sign-in, or the activation where there was none.
    """
    start = last_used_at if confirmed_at is None else max(last_used_at, confirmed_at)
    months = start.month - 1 + UNUSED_MONTHS
    year, month = start.year + months // _MONTHS, months % _MONTHS + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return start.replace(year=year, month=month, day=day)
