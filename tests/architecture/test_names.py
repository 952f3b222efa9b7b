"""Roles and bodies are declared once (access.rules): nobody else writes one of their names.

The vault, which stands below, takes them as plain data (`vault.entries.Rules`).
"""

import ast
from pathlib import Path

from cooperation.access.rules import ASSEMBLY, OFFICES, Role, state_circle

PACKAGE = Path(__file__).parents[2] / "platform" / "cooperation"
HOME = PACKAGE / "access" / "rules.py"
ALONE = PACKAGE / "offline"
"""Programs that people take along know nothing of the product."""
NAMES = {*Role, *OFFICES, *(office.address for office in OFFICES), ASSEMBLY, state_circle("")}
OF_OTHER_WORDS = {
    ("core/schema.py", "head"),  # the last migration
    ("typeset/note.py", "co_facilitators"),  # a text of the note verbale
    ("access/rows.py", "court"),  # an audience
    ("editions/rules/questionnaire.py", "court"),  # a rule of publication
    ("responses/rules/audience.py", "court"),  # an audience, and where a response is counted
    ("publication/reading/service/collecting.py", "court"),  # where an answer was read
    ("publication/rules.py", "court"),  # colours of a tag
    ("typeset/printed.py", "court"),
    ("vault/passwords.py", "assembly"),  # a word that no password may rest on
}


def written(path):
    return {
        (path.relative_to(PACKAGE).as_posix(), node.value)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and node.value in NAMES
    }


def test_no_name_of_a_role_or_a_body_is_written_where_it_is_not_declared():
    paths = [each for each in PACKAGE.rglob("*.py") if each != HOME and ALONE not in each.parents]
    found = set().union(*map(written, paths))

    assert found - OF_OTHER_WORDS == set(), "ask cooperation.access.rules"
    assert OF_OTHER_WORDS - found == set()
