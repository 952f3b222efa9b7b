"""Nothing secret is in the repository, nothing builds a table or a mail past its one place."""

import ast
import math
import re
import subprocess
from collections import Counter
from functools import cache
from pathlib import Path

from cooperation.web import kept

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "platform"

KNOWN = (
    re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,}"),
    re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}"),
    re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"),
    re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\."),
    re.compile(r"://[^/\s:@{}]+:[^/\s:@{}$]{8,}@[^/\s]"),
)
ASSIGNED = re.compile(
    r"""(?i)\b[\w-]*(?:secret|passw(?:or)?d|token|api_?key|root_?key)[\w-]*["']?\s*[:=]\s*"""
    r"""["']([A-Za-z0-9+/=_-]{24,})["']"""
)
RANDOM_BITS = 4.2
"""Bits a character: words stay below, random base64 of 24 characters and more is above."""
LEFT_OUT = (".lock", ".woff2", ".png", ".jpg", ".pdf", ".ttf", ".bin")
FORBIDDEN = re.compile(
    r"(^|/)(\.env|settings\.toml|keyring\.json|.*\.(pem|key|p12|pfx|db|db-wal))$"
)


def files() -> list[str]:
    """Everything that a commit holds or would hold."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return found.stdout.splitlines()


def bits_of(text: str) -> float:
    """Return Shannon's bits for each character."""
    counts = Counter(text).values()
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts)


def secrets_in(text: str) -> list[str]:
    """Return what looks like a secret."""
    found = [match.group() for pattern in KNOWN for match in pattern.finditer(text)]
    assigned = (match.group(1) for match in ASSIGNED.finditer(text))
    return found + [value for value in assigned if bits_of(value) > RANDOM_BITS]


def test_the_scanner_knows_a_secret_when_it_sees_one():
    key = "PRIVATE KEY-----"
    assert secrets_in(f"-----BEGIN EC {key}")
    assert secrets_in("postgresql://user:hunter22" + "@db.example/x")
    assert secrets_in('smtp_password = "' + "q8Zk2LpX0vRt7YwB5nJc3MdF" + '"')
    assert not secrets_in('password = "correct-horse-battery-staple"')
    assert not secrets_in("postgresql+psycopg://user@host/cooperation")


def test_the_repository_holds_no_secret():
    found = []
    for name in files():
        path = ROOT / name
        if (
            not path.is_file()
            or name.endswith(LEFT_OUT)
            or name == "tests/architecture/test_secrets.py"
        ):
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{name}: {secret[:12]}..." for secret in secrets_in(text)]

    assert found == []


def test_no_instance_key_or_database_is_in_the_repository():
    assert [name for name in files() if FORBIDDEN.search(name)] == []


@cache
def all_calls() -> tuple[tuple[str, str], ...]:
    """Return what is called where, in the whole platform."""
    return tuple(
        (ast.unparse(node.func), str(path.relative_to(SOURCE / "cooperation")))
        for path in sorted(SOURCE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
    )


def calls(name: str) -> list[str]:
    """Return where something with this dotted end is called."""
    return [place for called, place in all_calls() if called == name or called.endswith(f".{name}")]


def test_one_place_writes_tables():
    """So that every cell is neutralised (reliability 3, CSV/XLSX)."""
    writers = calls("csv.writer") + calls("csv.DictWriter") + calls("Workbook")

    assert writers == ["typeset/spreadsheet.py"]


def test_one_place_makes_mails():
    """So that no value that a person typed becomes a header (reliability 3, Mail)."""
    assert set(calls("EmailMessage")) == {"outbox/service/transport.py"}


def test_nothing_starts_a_shell_or_unpacks_objects():
    for name in ("os.system", "os.popen", "pickle.loads", "pickle.load", "extractall"):
        assert calls(name) == [], name
    assert {called for called, _ in all_calls()}.isdisjoint({"eval", "exec", "__import__"})


def test_subjects_of_mails_are_fixed_sentences():
    """No State, no name and no answer stands in one; the reference of a note is all that varies."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith(
                "outbox.queue"
            ):
                continue
            subject = next(each.value for each in node.keywords if each.arg == "subject")
            found.append(ast.unparse(subject))
            if isinstance(subject, ast.Call):
                assert ast.unparse(subject.func) == "_"
                assert all(isinstance(each, ast.Constant) for each in subject.args)
                assert {each.arg for each in subject.keywords} <= {"reference"}
            else:
                assert re.fullmatch(r"_?[A-Z_]+", found[-1]), f"{path.name}: {found[-1]}"

    assert len(found) > 3


def test_the_script_and_the_server_keep_the_same_fields_from_travelling():
    script = (SOURCE / "cooperation/web/kit/static/js/words.js").read_text(encoding="utf-8")
    found = re.search(r"^const SECRET = /(.+)/;$", script, re.MULTILINE)

    assert found
    assert found[1] == kept._SECRET.pattern
