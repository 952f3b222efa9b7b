"""Every text for people goes through gettext: no bare words in templates, all are extracted."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from jinja2 import Environment

PACKAGE = Path(__file__).parents[2] / "platform" / "cooperation"
TEMPLATES = sorted(
    path for path in PACKAGE.rglob("templates/**/*.html") if "typeset" not in path.parts
)
SPOKEN = ("aria-label", "title", "alt", "placeholder")
TAG = re.compile(r"<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>", re.DOTALL)
LETTERS = re.compile(r"[^\W\d_]{2,}")
ATTRIBUTE = re.compile(r"[\w-]+=\"[^\"]*\"")  # a macro may write attributes alone
READER = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
MARK = "\x01"


def bare_words(text):
    """Return the words of a template that stand outside of every expression."""
    pieces = []
    inside = 0
    for _line, kind, value in READER.lex(text):
        if kind in {"variable_begin", "block_begin", "comment_begin"}:
            inside += 1
            pieces.append(MARK)
        elif kind in {"variable_end", "block_end", "comment_end"}:
            inside -= 1
        elif kind == "data" and not inside:
            pieces.append(value)
    joined = "".join(pieces)
    found = []
    for tag in TAG.findall(joined):
        found += [
            words
            for name in SPOKEN
            for words in re.findall(rf"\b{name}=\"([^\"]*)\"", tag)
            if LETTERS.search(words)
        ]
    rest = ATTRIBUTE.sub(" ", TAG.sub(" ", joined))
    return found + LETTERS.findall(re.sub(r"&\w+;", "", rest))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_template_speaks_through_gettext(path):
    assert bare_words(path.read_text()) == []


def test_a_bare_word_is_caught():
    assert bare_words("<p>Welcome</p>") == ["Welcome"]
    assert bare_words('<a title="Go on" href="/x">{{ _("Go") }}</a>') == ["Go on"]
    assert bare_words('<p class="words">{{ _("Welcome") }} · 4</p>') == []


def test_texts_are_extracted_for_translation():
    methods = [("**.py", "python"), ("**/templates/**.html", "jinja2")]

    messages = {
        message
        for _, _, message, _, _ in extract_from_dir(
            str(PACKAGE), method_map=methods, options_map={}
        )
    }

    assert "Platform on cooperation" in messages
    assert "Skip to the content" in messages
    assert len(messages) > 200
