"""Code knows a question by its function; codes stand in questionnaires and declared tables."""

import re
from pathlib import Path

from cooperation.editions.rules import QUESTION_CODE

PACKAGE = Path(__file__).parents[2] / "platform" / "cooperation"
DECLARED = {
    "questionnaire/2026.2.yaml",
    "schema/functions.py",  # of definitions that were stored before they gave functions
    "demonstration/phrases.yaml",  # what the demonstration answers
    "demonstration/questions.yaml",  # what it picks out
}


def test_only_questionnaires_and_declared_tables_name_questions_by_their_codes():
    code = re.compile(rf"\b{QUESTION_CODE}\b")
    kinds = {".py", ".html", ".js", ".yaml"}
    texts = [each for each in PACKAGE.rglob("*.*") if each.suffix in kinds]

    naming = {f"{each.parent.name}/{each.name}" for each in texts if code.search(each.read_text())}
    assert naming == DECLARED


def test_the_pattern_of_a_code_is_written_once():
    written = re.compile(r"\[A-Z\]\)?-(?:\[0-9\]|\\d)")

    assert [each.name for each in PACKAGE.rglob("*.py") if written.search(each.read_text())] == []
