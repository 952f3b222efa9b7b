"""Two application hosts on PostgreSQL behind a proxy (docs/operations.md, PostgreSQL, two hosts).

Real processes in production mode, each with its own boot key: a person stays on one host; moved to
the other she signs in again and keeps what she typed; one host may die.
"""

import re
import shutil
import threading
import time
from datetime import UTC, datetime

import pytest

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.accounts.joining.service.key_acts import propose_key_act
from cooperation.accounts.rules import KeyAct
from cooperation.audit import service as audit
from cooperation.core.clock import FixedClock, SystemClock
from cooperation.core.db import Database, Session, make_engine
from cooperation.core.row_scope import AT_THE_DOOR, COMMANDING
from cooperation.demonstration.stage import Player, Stage
from cooperation.outbox import service as outbox
from cooperation.web.keys import open_root
from tests.fixtures import second_persons
from tests.fixtures.hosts import Hosts
from tests.fixtures.key_acts import carriers_of

pytestmark = pytest.mark.slow

FIRST, SECOND = 10, 11
"""Two addresses; the proxy sends even ones to the first host, odd ones to the second."""
STATE = "AF01"


def page_of_part(hosts: Hosts, visitor):
    """Open a part with a free text; return the page, its form and the text's name."""
    edition = next(each["id"] for each in hosts.instance.editions if each["status"] == "open")
    page = visitor.get(f"/response/{edition}/parts/B1")
    form = next(each for each in page.forms if any(n.endswith(".version") for n in each.names))
    name = next(n for n, kind in form.texts.items() if kind == "textarea" and "." not in n)
    return page, form, name


def sign_in(hosts: Hosts, visitor, role, state=STATE):
    person = hosts.instance.person(role, state)
    page = visitor.sign_in(person, at=hosts.next_code_at(person["email"]))
    assert page.status == 200, page.text[:300]
    return page


def sign_in_on(hosts: Hosts, visitor, page, role, state=STATE):
    """Sign in on the form that a refused request was answered with."""
    person = hosts.instance.person(role, state)
    typed = {"email": person["email"], "password": person["password"]}
    page = visitor.submit(page, page.form(has="password"), typed)
    return visitor.enter_code(page, person, at=hosts.next_code_at(person["email"]))


def test_a_person_stays_on_one_host_and_works(hosts: Hosts):
    people = {FIRST: Role.CONTRIBUTOR, SECOND: Role.FOCAL_POINT}
    for number, role in people.items():
        visitor = hosts.visitor(number)
        sign_in(hosts, visitor, role)
        for turn in range(2):
            page, form, name = page_of_part(hosts, visitor)
            said = f"host {number} turn {turn}"
            saved = visitor.submit(page, form, {name: said}, follow=False)
            assert saved.status == 303
            assert said in page_of_part(hosts, visitor)[0].html

    answered = {address: port for (address, port), times in hosts.proxy.served.items() if times}
    assert len(answered) == 2
    assert len(hosts.proxy.served) == 2, "an address was served by both"
    assert len(set(answered.values())) == 2
    assert not [host for host in hosts.both if (host.folder / ".gunicorn").exists()]


def test_moved_to_the_other_host_she_signs_in_again_and_keeps_what_she_typed(hosts: Hosts):
    visitor = hosts.visitor(FIRST)
    sign_in(hosts, visitor, Role.CONTRIBUTOR)
    page, form, name = page_of_part(hosts, visitor)

    hosts.proxy.kept["127.0.1.10"] = hosts.both[1].port
    refused = visitor.submit(page, form, {name: "typed before the move"}, follow=False)
    assert refused.status == 401
    page = sign_in_on(hosts, visitor, refused, Role.CONTRIBUTOR)
    assert "Nothing typed was lost" in page.text
    saved = visitor.submit(page, page.form(has=name), follow=False)

    assert saved.status == 303
    assert "typed before the move" in page_of_part(hosts, visitor)[0].html


def in_process(hosts: Hosts, number: int, scope=COMMANDING):
    """Return settings, database and root keys of a host for the test's own process."""
    settings = hosts.settings(hosts.both[number])
    database = Database(make_engine(settings.database_address), scope)
    return settings, database, open_root(settings, database)


def test_each_mail_leaves_once_from_two_hosts(hosts: Hosts):
    _settings, database, root = in_process(hosts, 0)
    subjects = {f"mail {number}" for number in range(20)}
    with database.writing() as session:
        for subject in sorted(subjects):
            outbox.queue(
                session,
                root,
                to="somebody@example.org",
                subject=subject,
                body="sent once",
                now=datetime.now(UTC),
                language="en",
                purpose="notice",
            )
    database.engine.dispose()

    deadline = time.monotonic() + 30
    found: list[str] = []
    while len(found) < len(subjects) and time.monotonic() < deadline:
        time.sleep(0.5)
        found = [
            match.group(1)
            for host in hosts.both
            for mail in (host.folder / "outbox").glob("*.eml")
            if (match := re.search(r"^Subject: (mail \d+)\s*$", mail.read_text(), re.MULTILINE))
        ]
    time.sleep(2)
    assert sorted(found) == sorted(subjects)


def test_both_hosts_sign_checkpoints_of_one_log(hosts: Hosts):
    """At once and in turn, each with its own signer state: no conflict, nothing smaller signed."""
    places = [in_process(hosts, number) for number in (0, 1)]
    faults: list[BaseException] = []

    def sign(number: int) -> None:
        settings, database, root = places[number]
        try:
            audit.issue_checkpoint(database, settings, root, SystemClock())
        except Exception as failure:
            faults.append(failure)

    for turn in range(6):
        with places[turn % 2][1].writing() as session:
            audit.record(
                session, actor=None, action="keyring_backup.confirmed", at=datetime.now(UTC)
            )
        threads = [threading.Thread(target=sign, args=(number,)) for number in (0, 1)]
        for thread in threads[: 2 if turn % 3 else 1]:
            thread.start()
        for thread in threads[: 2 if turn % 3 else 1]:
            thread.join()
    with places[0][1].reading() as session:
        latest = audit.latest_checkpoint(session)
        assert latest is not None
        assert latest.size == audit.log_state(session).size
        assert audit.verify(session).fault is None
    for _settings, database, _root in places:
        database.engine.dispose()
    assert faults == []


def approve_rotation(hosts: Hosts) -> None:
    """Let administrator and head agree, as the pages do."""
    settings, database, root = in_process(hosts, 0, AT_THE_DOOR)
    stage = Stage(settings, database, root, FixedClock(datetime.now(UTC)))
    made: dict[str, str] = {}
    with stage.acting(player(hosts, Role.ADMINISTRATOR)) as ctx:
        subject = accounts.key_act_hash(ctx.root, KeyAct.ROOT_ROTATION, "")
        made["id"] = propose_key_act(
            ctx, kind=KeyAct.ROOT_ROTATION, subject_hash=subject, note="Two hosts"
        )
    with stage.acting(player(hosts, Role.HEAD)) as ctx:
        second_persons.approve(ctx, made["id"])
    database.engine.dispose()


def player(hosts: Hosts, role: Role) -> Player:
    person = hosts.instance.person(role)
    return Player(
        role=role,
        state_code=None,
        name=person["name"],
        email=person["email"],
        password=person["password"],
        totp_secret=person["totp_secret"],
        number=800 + list(Role).index(role),
    )


def test_a_rotation_follows_its_steps_on_two_hosts(hosts: Hosts):
    """As docs/operations.md says: prepare, copy, rotate, copy, finish what the other host wrote."""
    first, second = hosts.both
    approve_rotation(hosts)
    commands = [first.command("rotate-root", "--prepare")]
    shutil.copy2(first.folder / "keyring.json", second.folder / "keyring.json")
    commands.append(first.command("rotate-root"))
    behind = hosts.visitor(SECOND)
    sign_in(hosts, behind, Role.SIGNATORY)  # on a host that still writes with the old version
    shutil.copy2(first.folder / "keyring.json", second.folder / "keyring.json")
    commands.append(first.command("rotate-root"))

    assert [each.stderr for each in commands if each.returncode] == []
    above = make_engine(hosts.place.superuser)
    with Session(above) as session:
        assert carriers_of(session, 1) == []
    above.dispose()
    for visitor, role in ((behind, Role.SIGNATORY), (hosts.visitor(FIRST), Role.FOCAL_POINT)):
        sign_in(hosts, visitor, role)
        assert visitor.get("/", follow=False).status == 200


def test_one_host_dies_and_the_other_serves_everybody(hosts: Hosts):
    """Last, as the host stays dead."""
    first, second = hosts.both
    hers, his = hosts.visitor(FIRST), hosts.visitor(SECOND)
    hosts.proxy.kept |= {"127.0.1.10": first.port, "127.0.1.11": second.port}
    sign_in(hosts, hers, Role.FOCAL_POINT, "WE01")
    sign_in(hosts, his, Role.CONTRIBUTOR, "WE01")

    first.kill()

    assert his.get("/", follow=False).status == 200
    gone = hers.get("/", follow=False)
    assert gone.status in {302, 303}
    sign_in(hosts, hers, Role.FOCAL_POINT, "WE01")
    page, form, name = page_of_part(hosts, hers)
    saved = hers.submit(page, form, {name: "on the other host"}, follow=False)
    assert saved.status == 303
    assert hosts.host_of(hers, FIRST) is second
