"""An answer that its State narrowed after the backup reaches no other reader after the restore.

Every page, export and file that a person's own pages lead to is opened, and searched for its words;
but for those of other States alone, who may have said the same.
"""

import html
import io
import re
import zipfile
from collections.abc import Iterator

import pytest

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.demonstration.stage import Player
from cooperation.publication.own.service.narrowing import find_narrowing
from cooperation.web.factory import create_app, make_server
from tests.fixtures.crashes import OTHER, OWN, PATIENCE
from tests.fixtures.keeping import Keeper, narrow, page_of, publications_of, withheld

pytestmark = pytest.mark.slow

MOST_PAGES = 150
READERS = (
    (Role.HEAD, None),
    (Role.OFFICER, None),
    (Role.COURT_READER, None),
    (Role.CO_FACILITATOR, None),
    (Role.FOCAL_POINT, OTHER),
)
LINK = re.compile(r'(?:href|src)="(/[^"#]*)')
LEFT_ALONE = re.compile(rf"^/(static|sign-out|records)|language=|\b(?!{OWN})[A-Z]{{2}}[0-9]{{2}}\b")


def texts_of(content: bytes) -> Iterator[str]:
    """Give what a page says, and what lies in an archive."""
    if content[:2] != b"PK":
        yield html.unescape(content.decode(errors="ignore"))
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            yield from texts_of(archive.read(name))


def found_at(keeper: Keeper, player: Player, words: str) -> tuple[list[str], int]:
    """Return the addresses at which a person reads these words, and how many she opened."""
    stage = keeper.theatre.open()
    stage.sign_in(player)
    held = make_server(stage.settings, database=stage.database, root=stage.root, clock=stage.clock)
    client = create_app(stage.settings, held).test_client()
    client.set_cookie(accounts.session_cookie(stage.settings), player.cookie)
    wanted, seen, places = ["/"], {"/"}, []
    while wanted and len(seen) - len(wanted) < MOST_PAGES:
        wanted.sort(key=lambda address: OWN not in address)
        address = wanted.pop(0)
        content = client.get(address, headers={"Host": "localhost:8000"}).get_data()
        for text in texts_of(content):
            if words in text:
                places.append(address)
            new = {each for each in LINK.findall(text) if not LEFT_ALONE.search(each)}
            wanted += sorted(new - seen)
            seen |= new
    stage.database.engine.dispose()
    keeper.theatre.clock.move(PATIENCE)
    return places, len(seen) - len(wanted)


def test_what_was_narrowed_after_the_backup_is_on_no_page_of_another_reader(keeper):
    signatory = keeper.theatre.player(Role.SIGNATORY, OWN)
    edition, question, words = next(
        (edition, question, words)
        for edition, question in publications_of(keeper)
        if is_theirs_alone(keeper, words := text_of(keeper, signatory, edition, question), question)
    )
    before, _opened = found_at(keeper, keeper.theatre.player(Role.COURT_READER), words)
    assert before
    taken = keeper.backup()
    narrow(keeper, edition, question)
    keeper.sign()
    there = keeper.restore(taken.place)
    assert withheld(there) == [question]

    for role, state in READERS:
        places, opened = found_at(there, there.theatre.player(role, state), words)
        assert places == [], (role, question, words)
        assert opened > 20, role
    assert found_at(there, there.theatre.player(Role.SIGNATORY, OWN), words)[0]


def is_theirs_alone(keeper: Keeper, words: str, question: str) -> bool:
    """Tell whether no other State published these words under the question, in either edition."""
    if len(words) < 20:
        return False
    head = keeper.theatre.player(Role.HEAD)
    pages = [
        page_of(keeper, head, f"/published/{edition}/questions/{question}")
        for edition in (each["id"] for each in keeper.theatre.instance.editions)
    ]
    return sum(html.unescape(page).count(words) for page in pages) == 1


def text_of(keeper: Keeper, player: Player, edition: str, question: str) -> str:
    found = keeper.as_(player, lambda ctx: find_narrowing(ctx, edition, question))
    return (found.opened.answer.text or "").splitlines()[0] if found.opened.answer.text else ""
