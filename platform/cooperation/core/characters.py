"""Characters of what people type: one list of what no text holds, and one spelling of the rest.

Every text is kept in Unicode NFC with line feeds as its only line ends. Taken out, and told, is
what nobody types and what can make a text look like another one: control characters, everything
that embeds, isolates or overrides the direction of writing, byte order marks, and marks beyond the
thirtieth on one letter. The plain marks of direction (U+200E, U+200F) and the joiners and breaks of
zero width stay in prose, since Arabic, Persian, Khmer and others are written with them; they are
never part of what machines read (`clean_token`): e-mails, links, telephone numbers, codes, names of
files.

All work here is linear in the length of the text: `unicodedata.normalize` alone orders a run of
combining marks in the square of its length (docs/security.md, Work grows with the bytes).
"""

import re
import unicodedata
from collections.abc import Callable

MOST_MARKS = 30
"""Combining marks on one letter, as in Unicode's Stream-Safe Text Format (UAX 15, 13)."""

_UNWANTED = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # controls; tabs and ends of lines are none of them
    "\u202a-\u202e\u2066-\u206f"  # embeddings, overrides, isolates of direction, and older ones
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U000e0001\U000e0020-\U000e007f"  # a second alphabet that nobody sees
)
_UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2065\u3164"
    "\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef"
)
_FORBIDDEN = re.compile(f"[{_UNWANTED}]+")
_NEVER_IN_TOKENS = re.compile(f"[{_UNWANTED}{_UNSEEN}]+")
_LINE_ENDS = ("\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029")
_SEVERAL_MARKS = {"\u0f73": "\u0f71\u0f72", "\u0f75": "\u0f71\u0f74", "\u0f81": "\u0f71\u0f80"}
"""The three characters that are no marks themselves but become marks alone when normalised."""
_STACK = re.compile(rb"[^\0]{%d,}" % (MOST_MARKS + 1))


def tidied(text: str) -> tuple[str, bool]:
    """Return `text` as it may be kept, and whether unwanted characters were taken out of it."""
    spelled = _spelled_out(_plain_lines(text))
    kept = _with_stacks(_FORBIDDEN.sub("", spelled), _first_marks)
    return unicodedata.normalize("NFC", kept), len(kept) != len(spelled)


def holds_unwanted(text: str) -> bool:
    """Tell whether `text` holds what no text may hold."""
    return tidied(text)[1]


def without_unwanted(text: str) -> str:
    """Return `text` in NFC with plain line ends and without what no text may hold."""
    return tidied(text)[0]


def nfc(text: str) -> str:
    """Return exactly the NFC of `text`, whatever it holds, without work in the square of it.

    For what is hashed, signed and compared, where nothing may be taken out.
    """
    return unicodedata.normalize("NFC", _with_stacks(_spelled_out(text), _in_order))


def clean_lines(text: str) -> str:
    """Return text of several lines as it is kept; unwanted characters stay, to be told."""
    return nfc(_plain_lines(text)).strip()


def clean_line(text: str) -> str:
    """Return text of one line as it is kept; unwanted characters stay, to be told."""
    return clean_lines(text).replace("\n", " ").replace("\t", " ")


def clean_token(text: str) -> str:
    """Return what a machine is to read as it was meant: nothing unseen in it, no spaces around."""
    return clean_line(without_unwanted(_NEVER_IN_TOKENS.sub("", _plain_lines(text))))


def clean_code(text: str) -> str:
    """Return a code as it was meant: a token with digits 0 to 9 and no space."""
    return "".join(plain_digits(clean_token(text)).split())


def plain_digits(text: str) -> str:
    """Return `text` with the decimal digits of all scripts as 0 to 9."""
    if text.isascii():
        return text
    return text.translate(
        {ord(sign): str(unicodedata.decimal(sign)) for sign in set(text) if sign.isdecimal()}
    )


def folded(text: str) -> str:
    """Return `text` without accents and case, as words are compared and ordered."""
    return unaccented(without_unwanted(text)).casefold()


def unaccented(text: str) -> str:
    """Return `text` with its letters as they are without accents, ligatures and widths."""
    plain = unicodedata.normalize("NFKD", nfc(text))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _plain_lines(text: str) -> str:
    for ending in _LINE_ENDS:
        text = text.replace(ending, "\n")
    return text


def _spelled_out(text: str) -> str:
    for sign, marks in _SEVERAL_MARKS.items():
        text = text.replace(sign, marks)
    return text


def _with_stacks(text: str, change: Callable[[str], str]) -> str:
    """Return `text` with `change` made to each run of too many combining marks."""
    if text.isascii():
        return text
    classes = bytes(map(unicodedata.combining, text))
    parts = []
    end = 0
    for run in _STACK.finditer(classes):
        parts += [text[end : run.start()], change(text[run.start() : run.end()])]
        end = run.end()
    return "".join((*parts, text[end:]))


def _first_marks(run: str) -> str:
    return run[:MOST_MARKS]


def _in_order(run: str) -> str:
    """Return marks in canonical order, so that nothing is left to be ordered (UAX 15, D109)."""
    marks = "".join(unicodedata.normalize("NFD", mark) for mark in run)
    return "".join(sorted(marks, key=unicodedata.combining))
