"""Languages: English complete; a pseudo-Arabic for tests of mirroring (interface.md, section 8).

The language comes from `?lang=`, which sets a cookie, then the cookie, then English. The other five
languages join `languages()` with their catalogues.
"""

import re
from dataclasses import dataclass

from babel import Locale
from babel.numbers import get_decimal_symbol
from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel, get_translations
from flask_babel import gettext as babel_gettext
from markupsafe import Markup
from wtforms.meta import DefaultMeta

from cooperation.core import days, text
from cooperation.web.server import server

COOKIE = "lang"
_YEAR = 31536000


@dataclass(frozen=True)
class Language:
    """A language of the pages: its code here, its tag in HTML, its locale, its own name."""

    code: str
    tag: str
    locale: str
    name: str
    direction: str = "ltr"


ENGLISH = Language("en", "en-GB", "en_GB", "English")
PSEUDO_ARABIC = Language("ar-x-pseudo", "ar-x-pseudo", "ar", "العربية", "rtl")

_LETTERS = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        "ابتدثفقهجكلمنصضرسشطغعظحيزو",
        strict=False,
    )
)
_KEPT = re.compile(r"(%%|%(?:\(\w+\))?[sd]|\{\w+\})")


def languages() -> tuple[Language, ...]:
    """Return the languages that this instance offers."""
    if server().settings.pseudo_locale:
        return (ENGLISH, PSEUDO_ARABIC)
    return (ENGLISH,)


def current_language() -> Language:
    """Return the language of the text being written: the recipient's, else the request's."""
    spoken = text.spoken()
    if spoken is not None:  # a mail to somebody else
        return next((each for each in (ENGLISH, PSEUDO_ARABIC) if each.code == spoken), ENGLISH)
    if not has_request_context():
        return ENGLISH
    found: Language | None = g.get("language")
    if found is None:
        wanted = request.args.get("lang") or request.cookies.get(COOKIE)
        found = next((each for each in languages() if each.code == wanted), ENGLISH)
        g.language = found
    return found


def pseudo(message: str) -> str:
    """Write a message in Arabic letters, its placeholders untouched: as long, and unreadable."""
    pieces = _KEPT.split(message)
    return "".join(
        piece if index % 2 else "".join(_LETTERS.get(letter, letter) for letter in piece.lower())
        for index, piece in enumerate(pieces)
    )


def translate(message: str) -> str:
    """Return a message in the language of this request; our messages are English already."""
    language = current_language()
    if language is ENGLISH:
        return message
    if language is PSEUDO_ARABIC:
        return pseudo(message)
    return str(babel_gettext(message))


def written(message: str, /, **values: object) -> Markup:
    """Return a message as templates print it: their `_`, a quarter of the time of Jinja's own.

    As with Jinja's, every message is a format, so that a percent sign is `%%`.
    """
    # The message is our own words; the values are escaped when they are put in.
    text = Markup(translate(message))  # noqa: S704  # nosec B704
    return text % values if "%" in text else text


def translate_plural(one: str, many: str, number: int) -> str:
    """Return a message in the number and language of this request, its placeholders untouched."""
    language = current_language()
    if language is ENGLISH:
        return one if number == 1 else many
    if language is PSEUDO_ARABIC:
        return pseudo(one if number == 1 else many)
    return str(get_translations().ngettext(one, many, number))


def decimal_sign() -> str:
    """Return what divides whole numbers from fractions in the language of this request."""
    return get_decimal_symbol(Locale.parse(current_language().locale))


def keep_language(response: Response) -> Response:
    """Remember the language that the address asked for."""
    wanted = request.args.get("lang")
    if wanted and wanted == current_language().code:
        response.set_cookie(
            COOKIE,
            wanted,
            max_age=_YEAR,
            secure=server().settings.is_https,
            httponly=True,
            samesite="Lax",
        )
    return response


class FormTexts:
    """WTForms' own sentences ("Not a valid choice.") through our translator."""

    def gettext(self, message: str) -> str:
        """Return a sentence in the language of this request."""
        return translate(message)

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Return a sentence in the number and language of this request."""
        return translate_plural(one, many, number)


def install_languages(app: Flask) -> None:
    """Make dates, numbers and texts follow the language of the request."""
    app.config["BABEL_DEFAULT_TIMEZONE"] = "UTC"
    Babel(
        app,
        default_locale=ENGLISH.locale,
        locale_selector=lambda: Locale.parse(current_language().locale),
    )
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined] # by jinja2.ext.i18n
        translate, translate_plural, newstyle=True
    )
    app.jinja_env.globals["_"] = written
    days.install_locale(lambda: current_language().locale)
    text.install_translators(
        translate,
        translate_plural,
        decimal_sign,
        lambda: current_language().code,
        lambda: {each.code: each.name for each in languages()},
    )
    DefaultMeta.get_translations = lambda *_: FormTexts()  # type: ignore[method-assign] # all forms
