"""Typed values: what people type, cleaned and judged one value at a time.

What a text may hold at all is one list for everything typed, in `core.characters`; a page takes the
rest out before it comes here. What machines read holds nothing unseen.
"""

import re
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

from cooperation.core.characters import clean_token, holds_unwanted, plain_digits
from cooperation.core.days import day_not_understood
from cooperation.core.text import Text, _

_BETWEEN = "[\\s'\u2019\u066c]"
"""What stands between thousands and means nothing else: 1 200, 1'200. A comma or a point may be
either, and "30 60" is no number at all.
"""
_NUMBER = re.compile(rf"[+-]?\s?(\d{{1,15}}|\d{{1,3}}({_BETWEEN}\d{{3}}){{1,4}})(\.\d{{1,6}})?")
_SPACERS = re.compile(_BETWEEN)
_SIGNS = str.maketrans({"\u066b": ".", "\uff0e": ".", "\u2212": "-", "\uff0d": "-", "\uff0b": "+"})
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)


def read_number(text: str) -> Decimal | None:
    """Return the number that was typed, or nothing when it is no plain number."""
    plain = plain_digits(clean_token(text)).translate(_SIGNS)
    return Decimal(_SPACERS.sub("", plain)) if _NUMBER.fullmatch(plain) else None


def text_problem(text: str, most: int) -> Text | None:
    """Say what is wrong with a text of at most `most` characters."""
    if holds_unwanted(text):
        return _("Remove hidden control characters: retype the text or paste it as plain text.")
    if len(text) > most:
        return _(
            "Shorten this to %(most)s characters or fewer; it has %(now)s.",
            most=most,
            now=len(text),
        )
    return None


def number_problem(
    number: Decimal, *, minimum: Decimal | None, maximum: Decimal | None, decimals: int
) -> Text | None:
    """Say what is wrong with a number."""
    if number != round(number, decimals):
        if decimals == 0:
            return _("Enter a whole number.")
        return _("Enter a number with at most %(count)s decimals.", count=decimals)
    if minimum is not None and number < minimum:
        return _("Enter a number of %(minimum)s or more.", minimum=minimum)
    if maximum is not None and number > maximum:
        return _("Enter a number of %(maximum)s or less.", maximum=maximum)
    return None


def no_number() -> Text:
    """Say that a typed text is no number."""
    return _("Enter a number in digits, such as 30 or 12.5.")


def read_day(text: str, *, month_allowed: bool) -> date | None:
    """Return the day (for a month its first) of an ISO text, or nothing when there is none such."""
    if month_allowed and _MONTH.fullmatch(text):
        text = f"{text}-01"
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def day_problem(text: str, *, month_allowed: bool, latest: date | None = None) -> Text | None:
    """Say what is wrong with a day; `latest` is the last day allowed."""
    day = read_day(text, month_allowed=month_allowed)
    if day is None:
        return day_not_understood(text, month_allowed=month_allowed)
    if not 1800 <= day.year <= 2200:
        return _("Check the year.")
    if latest is not None and day > latest:
        return _("Enter a day that is not in the future.")
    return None


def url_problem(text: str) -> Text | None:
    """Say what is wrong with a web address; only http and https, without a user name."""
    try:
        parts = urlsplit(text)
        is_good = (
            parts.scheme in {"http", "https"}
            and bool(parts.hostname)
            and parts.username is None
            and parts.port != 0
            and not re.search(r"[\s<>\"\\]", text)
        )
    except ValueError:
        is_good = False
    return None if is_good else _("Enter a web address that starts with https:// or http://.")
