"""Dates, instants, numbers and sizes as pages show them, by the locale of the request."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from flask import Flask
from flask_babel import format_date, format_decimal, format_percent
from jinja2 import pass_context
from jinja2.runtime import Context

from cooperation.core.text import _
from cooperation.editions.rules import read_day
from cooperation.web.kit.editions import edition_name

_KILOBYTE = 1024
_MONTH_LENGTH = len("2027-03")


def day(value: date | datetime | str | None) -> str:
    """Return a date in words: 15 March 2027; nothing for no date."""
    if not value:
        return ""
    if isinstance(value, str):
        value = date.fromisoformat(value)
    if isinstance(value, datetime):
        value = value.astimezone(UTC).date()
    return str(format_date(value, "d MMMM yyyy"))


def answer_day(text: str | None) -> str:
    """Return a day or month that a State gave in words; what is neither stays as it is."""
    found = read_day(text or "", month_allowed=True)
    if found is None:
        return text or ""
    is_month = text is not None and len(text) == _MONTH_LENGTH
    return str(format_date(found, "MMMM yyyy")) if is_month else day(found)


def clock(value: datetime | None) -> str:
    """Return the time of an instant: 14:32, in UTC."""
    return f"{value.astimezone(UTC):%H:%M}" if value else ""


def moment(value: datetime | None) -> str:
    """Return an instant in words: 15 March 2027, 14:32 UTC."""
    if not value:
        return ""
    return str(_("%(day)s, %(time)s UTC", day=day(value), time=clock(value)))


def number(value: float | Decimal | None) -> str:
    """Return a number with the locale's signs; nothing for no number."""
    return "" if value is None else str(format_decimal(value))


def percent(value: float | Decimal | None) -> str:
    """Return a share between 0 and 1 as whole percent."""
    return "" if value is None else str(format_percent(value))


def size(value: int) -> str:
    """Return a number of bytes in the unit that suits it."""
    if value < _KILOBYTE:
        return str(_("%(number)s bytes", number=number(value)))
    if value < _KILOBYTE * _KILOBYTE:
        return str(_("%(number)s KB", number=number(round(value / _KILOBYTE))))
    return str(_("%(number)s MB", number=number(round(value / _KILOBYTE / _KILOBYTE, 1))))


def _of_request(write: Callable[[Any], str]) -> Callable[[Context, Any], str]:
    """Keep Jinja from folding a constant's text in the language of whoever came first."""

    @pass_context
    def written(context: Context, value: Any) -> str:
        del context
        return write(value)

    return written


def install_formats(app: Flask) -> None:
    """Offer the filters to every template."""
    for each in (day, answer_day, clock, edition_name, moment, number, percent, size):
        app.jinja_env.filters[each.__name__] = _of_request(each)
