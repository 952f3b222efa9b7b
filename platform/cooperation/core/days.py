"""Days as people write them, read one way everywhere: 15 March 2026, 15.03.2026, 2026-03-15.

Month words are those of the page's language and of English. What can be two days is asked, never
guessed; what is not understood stays as it was typed and is told, so that no half of a day is ever
read as none.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from babel.dates import format_datetime, get_month_names

from cooperation.core.characters import clean_token, folded, plain_digits
from cooperation.core.text import Text, _

_TOKEN = re.compile(r"[0-9]+|[^0-9\s.,/،年月日-]+")
_FILLERS = frozenset(["of", "the", "de", "del", "el", "d", "st", "nd", "rd", "th", "er", "º", "ª"])
_LONGEST = 40
_YEAR_DIGITS = 4
_DAY_DIGITS = 2
_TWO, _THREE = 2, 3


class _Page:
    locale: Callable[[], str] = staticmethod(lambda: "en")


def install_locale(locale: Callable[[], str]) -> None:
    """Read month words by `locale` from now on, beside English; called once by the shell."""
    _Page.locale = staticmethod(locale)


@dataclass(frozen=True)
class Moment:
    """An instant as the value of a text: written with the months of the text's language, in UTC."""

    at: datetime

    def __str__(self) -> str:
        return format_datetime(self.at, "d MMMM yyyy, HH:mm", locale=_Page.locale())


def days_meant(text: str) -> tuple[date, ...]:
    """Return the days that a text can mean: one, two where it is not clear, none where neither."""
    words, numbers = _tokens(text)
    if len(words) == 1 and len(numbers) == _TWO and words[0] in _months():
        year, day = sorted(numbers, key=len, reverse=True)
        return _days((year, _months()[words[0]], day))
    if words or len(numbers) != _THREE:
        return ()
    first, second, third = numbers
    if len(first) == _YEAR_DIGITS:
        return _days((first, int(second), third))
    return _days((third, int(second), first), (third, int(first), second))


def month_meant(text: str) -> str | None:
    """Return the month that a text means, as 2026-03; nothing for a day or anything else."""
    words, numbers = _tokens(text)
    if len(words) == 1 and len(numbers) == 1 and words[0] in _months():
        numbers = [numbers[0], str(_months()[words[0]])]
    elif words or len(numbers) != _TWO:
        return None
    year, month = sorted(numbers, key=len, reverse=True)
    found = _days((year, int(month), "1")) if len(month) <= _DAY_DIGITS else ()
    return f"{found[0]:%Y-%m}" if found else None


def as_iso(text: str, *, month_allowed: bool = False) -> str:
    """Return the day or month that a text means in ISO 8601; the text itself where unclear."""
    found = days_meant(text)
    if len(found) == 1:
        return found[0].isoformat()
    month = month_meant(text) if month_allowed else None
    return month or text


def day_not_understood(text: str, *, month_allowed: bool = False) -> Text:
    """Say how to write a day that was not understood, or what two days it could be."""
    found = days_meant(text)
    if len(found) > 1:
        return _(
            "“%(typed)s” can be two days. Write the month in words, or the year first: "
            "%(first)s or %(second)s.",
            typed=text,
            first=found[0].isoformat(),
            second=found[1].isoformat(),
        )
    if month_allowed:
        return _("Enter a day such as 15 March 2026 or 2026-03-15, or a month such as March 2026.")
    return _("Enter a day such as 15 March 2026 or 2026-03-15.")


def _tokens(text: str) -> tuple[list[str], list[str]]:
    """Return the words and the numbers of a text, without what stands between a date's parts."""
    if len(text) > _LONGEST:
        return [], []
    found = _TOKEN.findall(folded(plain_digits(clean_token(text))))
    numbers = [each for each in found if each.isdigit()]
    return [each for each in found if not each.isdigit() and each not in _FILLERS], numbers


def _days(*readings: tuple[str, int, str]) -> tuple[date, ...]:
    """Return the days among (year, month, day), each once; the year has four digits."""
    found: dict[date, None] = {}
    for year, month, day in readings:
        if len(year) == _YEAR_DIGITS and len(day) <= _DAY_DIGITS:
            try:
                found[date(int(year), month, int(day))] = None
            except ValueError:
                continue
    return tuple(found)


def _months() -> Mapping[str, int]:
    return _month_words(_Page.locale())


@cache
def _month_words(locale: str) -> Mapping[str, int]:
    return {
        folded(str(name)).strip("."): number
        for language in ("en", locale)
        for context in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for number, name in get_month_names(width, context, language).items()
    } | {"sept": 9}
