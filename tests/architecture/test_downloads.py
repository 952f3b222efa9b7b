"""One way for a file to leave: no place but `core.downloads` names it in a header."""

import re
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "platform" / "cooperation"
ONE_WAY = PACKAGE / "core" / "downloads.py"
OTHER_WAYS = re.compile(
    r"content-disposition|\bsend_file\b|dump_options_header"
    r"|as_attachment|download_name",
    re.IGNORECASE,
)


def named_elsewhere(text: str) -> list[str]:
    return OTHER_WAYS.findall(text)


def test_only_one_place_writes_the_name_of_a_download():
    found = {
        str(path.relative_to(PACKAGE)): named_elsewhere(path.read_text())
        for path in sorted(PACKAGE.rglob("*.py"))
        if path != ONE_WAY and named_elsewhere(path.read_text())
    }

    assert found == {}


def test_a_planted_second_way_is_found():
    planted = 'response.headers.set("Content-Disposition", "attachment", filename=name)'

    assert named_elsewhere(planted) == ["Content-Disposition"]
