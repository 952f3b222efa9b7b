"""Browsers may tell that a page broke its policy: counted, bounded, nothing of it kept."""

import json

import pytest

from cooperation.web import reports
from cooperation.web.headers import CONTENT_POLICY

SECRET = "secret-of-an-address"  # what a report quotes
OLD = {"csp-report": {"effective-directive": "script-src-elem", "document-uri": SECRET}}
NEW = [{"type": "csp-violation", "body": {"effectiveDirective": "img-src", "sample": SECRET}}]


@pytest.fixture
def counted(monkeypatch):
    """The lines that are logged."""
    lines = []
    monkeypatch.setattr(reports._Counted, "told_at", -1000.0)
    reports._Counted.numbers.clear()
    monkeypatch.setattr(reports.log, "warning", lambda *words, **names: lines.append(names))
    return lines


def send(visitor, body, kind="application/csp-report"):
    return visitor.send("POST", "/csp-reports", body, {"Content-Type": kind})


def test_the_policy_names_the_address_in_both_ways(visitor):
    page = visitor.get("/gallery")

    assert "report-uri /csp-reports; report-to csp" in CONTENT_POLICY
    assert page.headers["reporting-endpoints"] == 'csp="/csp-reports"'


@pytest.mark.parametrize(
    ("report", "kind", "directive"),
    [
        (OLD, "application/csp-report", "script-src-elem"),
        (NEW, "application/reports+json", "img-src"),
        ({"csp-report": {"effective-directive": SECRET}}, "application/csp-report", "other"),
    ],
)
def test_reports_are_counted_by_directive_and_quote_nothing(
    visitor, counted, report, kind, directive
):
    page = send(visitor, json.dumps(report).encode(), kind)

    assert page.status == 204
    assert counted == [{directive: 1}]


def test_a_flood_of_reports_is_one_line_a_minute(visitor, counted):
    for _ in range(5):
        send(visitor, json.dumps(OLD).encode())

    assert len(counted) == 1


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"x" * 40_000, "application/csp-report", 413),
        (b"[" * 30_000, "application/csp-report", 400),
        (b"{", "application/csp-report", 400),
        (b"\xff", "application/reports+json", 400),
        (b"{}", "application/json", 415),
        (b"{}", "text/plain", 415),
        (b"[1, {}, null]", "application/reports+json", 204),
    ],
)
def test_what_is_no_report_is_refused(visitor, counted, body, kind, status):
    assert send(visitor, body, kind).status == status
    assert counted == []
