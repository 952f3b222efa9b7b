"""Texts for people, translated when they are shown.

Rules and forms know no request, so they hold the message and its values; `str()` asks the
translator that the shell installed: in the reader's language, or in that of somebody else who is
written to. Extraction finds the calls of `_` and `ngettext`.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import cast

Translator = Callable[[str], str]
PluralTranslator = Callable[[str, str, int], str]


ENGLISH = "en"
"""The language of all messages, and of who has not chosen another one."""

_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


def _same(message: str) -> str:
    return message


def _same_plural(one: str, many: str, number: int) -> str:
    return one if number == 1 else many


class _Translators:
    single: Translator = staticmethod(_same)
    plural: PluralTranslator = staticmethod(_same_plural)
    decimal_sign: Callable[[], str] = staticmethod(lambda: ".")
    language: Callable[[], str] = staticmethod(lambda: ENGLISH)
    offered: Callable[[], Mapping[str, str]] = staticmethod(lambda: {ENGLISH: "English"})


def install_translators(
    single: Translator,
    plural: PluralTranslator,
    decimal_sign: Callable[[], str],
    language: Callable[[], str],
    offered: Callable[[], Mapping[str, str]],
) -> None:
    """Make these speak for the reader's language from now on; called once by the shell."""
    _Translators.single = staticmethod(single)
    _Translators.plural = staticmethod(plural)
    _Translators.decimal_sign = staticmethod(decimal_sign)
    _Translators.language = staticmethod(language)
    _Translators.offered = staticmethod(offered)


def spoken() -> str | None:
    """Return the language in which texts are being written for somebody else than the reader."""
    return _spoken.get()


def reader_language() -> str:
    """Return the code of the language in which the reader sees her pages."""
    return _Translators.language()


def list_separator() -> str:
    """Return what stands between the cells of a CSV file in the reader's language.

    Spreadsheets expect a semicolon wherever the comma, or another sign, divides a number.
    """
    return "," if _Translators.decimal_sign() == "." else ";"


class Text:
    """A message with its values, translated each time it becomes a string."""

    __slots__ = ("_many", "_message", "_number", "_values")

    def __init__(
        self,
        message: str,
        values: dict[str, object] | None = None,
        *,
        many: str | None = None,
        number: int = 1,
    ) -> None:
        self._message = message
        self._values = values or {}
        self._many = many
        self._number = number

    def __str__(self) -> str:
        if self._many is None:
            chosen = _Translators.single(self._message)
        else:
            chosen = _Translators.plural(self._message, self._many, self._number)
        return chosen % self._values if self._values else chosen

    def __html__(self) -> str:
        """Return the text escaped for HTML, so that templates may print it as it is."""
        return (
            str(self)
            .replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;")
            .replace('"', "&#34;")
            .replace("'", "&#39;")
        )

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other)

    def __hash__(self) -> int:
        return hash((self._message, self._many, self._number))

    def __repr__(self) -> str:
        return f"Text({self._message!r})"


def offered_languages() -> Mapping[str, str]:
    """Return the languages that people can be written to in: own names by code."""
    return _Translators.offered()


def written_in(language: str, text: Text) -> str:
    """Return a text, and the texts among its values, in a language that is not the reader's."""
    earlier = _spoken.set(language)
    try:
        return str(text)
    finally:
        _spoken.reset(earlier)


def _(message: str, **values: object) -> Text:
    """Return a translatable text; `%(name)s` in `message` is filled from `values`."""
    return Text(message, values)


def ngettext(one: str, many: str, number: int, **values: object) -> Text:
    """Return a translatable text in singular or plural; `%(number)s` is filled from `number`."""
    return Text(one, {"number": number, **values}, many=many, number=number)


def label(text: Text) -> str:
    """Return `text` as WTForms types its labels and messages; it only ever prints them.

    Not for messages with a `%` that the library fills (`Length`): those need a validator of ours.
    """
    return cast("str", text)
