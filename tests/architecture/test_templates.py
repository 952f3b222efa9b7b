"""What no template may hold: unsafe output, inline style or script, outside addresses."""

import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "platform" / "cooperation"
TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))
FORBIDDEN = {
    "unsafe output": re.compile(r"\|\s*safe\b|Markup\("),
    "inline style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", re.IGNORECASE),
    "inline handler": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "outside address": re.compile(r"(?:src|href)\s*=\s*[\"']https?://", re.IGNORECASE),
}


FORM = re.compile(r"<form\b[^>]*method=\"post\"[^>]*>")
HIDDEN_BASE = re.compile(
    r"kit\.hidden\(\"[^\"]*(?:version|seen|hash|fingerprint|submission)"
    r"|type=\"hidden\"[^>]*name=\"[^\"]*(?:version|seen|hash|fingerprint)"
)


def named(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_template_holds_nothing_that_the_policy_of_content_forbids(path):
    text = path.read_text()

    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_page_extends_a_layout_and_partials_begin_with_an_underscore(path):
    text = path.read_text()
    if path.parent.name in {"layout", "components"} or "{% macro" in text:
        return

    assert path.name.startswith("_") or "{% extends" in text


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_no_browser_puts_old_text_beside_a_newer_hidden_version(path):
    """It puts old text back into fields, never into hidden ones: so it is asked to do neither."""
    text = path.read_text()

    assert [form for form in FORM.findall(text) if 'autocomplete="off"' not in form] == []
    assert HIDDEN_BASE.findall(text) == []  # kit.began: it travels with unsaved words


def test_style_sheets_use_logical_properties_only():
    sheets = sorted(PACKAGE.rglob("static/**/*.css"))
    physical = re.compile(
        r"(?:margin|padding|border)-(?:left|right)|(?<![-\w])(?:left|right)\s*:|text-align:\s*(?:left|right)"
    )
    hits = [
        f"{named(sheet)}: {match.group()}"
        for sheet in sheets
        for match in physical.finditer(sheet.read_text())
    ]

    assert sheets
    assert hits == []


def test_no_page_takes_a_day_through_a_control_that_loses_half_of_one():
    """A browser sends a half-typed `type=date` as blank; days are text, read by `core.days`."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in TEMPLATES)

    assert not re.search(
        r"""["']?type["']?\s*[=:]\s*["'](date|month|datetime-local|week)""", source
    )
    assert 'field, "date", hint' not in source
