"""A client that forges every field and every id of every form it is given.

Each form of each page is sent again with one field changed at a time: to the other State's ids, to
other objects' ids, to other roles, States, editions, audiences and hashes; and each address with
every other id in its place. Nothing breaks, nothing of the other State is shown, and no row of the
other State is other than it was.
"""

import hashlib
import itertools
import os
from collections import Counter

import pytest
import sqlalchemy as sa

from tests.fixtures.harvest import ids_of, known_requests
from tests.fixtures.hostile import Known
from tests.fixtures.judgement import faults_of
from tests.fixtures.rehearsal import OTHER, Rehearsal

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("rehearsal")]

OWN_PEOPLE = ("focal_point", "contributor", "signatory")
FORGERS = (*OWN_PEOPLE, "officer", "head", "court_reader", "co_facilitator", "administrator")
FORGED = (
    *("head", "administrator", "signatory", "secretariat", "court", "states", "restricted"),
    *("1999", "-1", "0", "999999", "f" * 64, "true", "//evil.example/"),
)
STATE_COLUMNS = ("state_code", "state")
ENDING = ("/sign-out", "/sessions/end")
MOST_FIELDS = 12
LIMIT = int(os.environ.get("FORGED_REQUESTS", "2500"))


def rows_of_other(rehearsal: Rehearsal) -> dict[str, str]:
    """Return a hash over the other State's rows of each table that names the State."""
    found = {}
    with rehearsal.stage.database.reading() as session:
        inspector = sa.inspect(session.connection())
        for table in sorted(inspector.get_table_names()):
            names = {column["name"] for column in inspector.get_columns(table)}
            column = next((each for each in STATE_COLUMNS if each in names), None)
            if column is None:
                continue
            query = sa.text(f'SELECT * FROM "{table}" WHERE {column} = :state')  # noqa: S608
            rows = sorted(repr(tuple(row)) for row in session.execute(query, {"state": OTHER}))
            found[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def forgeries_of(known: Known, ids: list[str]) -> list[tuple[str, dict[str, str]]]:
    """Return path and fields of each forgery of one request."""
    good = known.path.format(*known.arguments)
    fields = dict(known.fields)
    made = []
    for place, other in itertools.product(range(len(known.arguments)), ids):
        words = [*known.arguments]
        words[place] = other
        made.append((known.path.format(*words), fields))
    for name in list(fields)[:MOST_FIELDS]:
        made += [(good, fields | {name: value}) for value in (*ids, *FORGED)]
    own_ids = [part for part in good.split("/") if part in ids]
    for own, other in itertools.product(own_ids, ids):
        made.append((good.replace(own, other), fields))
    return made


@pytest.mark.parametrize("visitor", FORGERS)
def test_forged_fields_and_ids_reach_nothing_of_another(own_rehearsal, visitor):
    rehearsal = own_rehearsal
    person = rehearsal.visitors[visitor]
    ids = [each for each in dict.fromkeys(ids_of(rehearsal, visitor)) if each]
    form = rehearsal.form_fields(visitor)
    hidden = rehearsal.canaries.hidden_from(visitor)
    before = rows_of_other(rehearsal)
    posts = [each for each in known_requests(rehearsal, visitor) if each.method == "POST"]
    made = [forgery for known in posts for forgery in forgeries_of(known, ids)]
    step = max(len(made) // LIMIT, 1)
    wrong: list[str] = []
    statuses: Counter[int] = Counter()

    for path, fields in made[::step]:
        rehearsal.line.keeps = visitor in OWN_PEOPLE and not any(word in path for word in ENDING)
        cookies = dict(person.cookies)
        page = person.post(path, {**form, **rehearsal.new_key(form), **fields}, follow=False)
        person.cookies = cookies
        statuses[page.status] += 1
        faults = faults_of(page, origin=rehearsal.held.settings.base_url, hidden=hidden)
        if faults:
            wrong.append(f"{path} {fields}: {'; '.join(faults)}")
    after = rows_of_other(rehearsal)

    assert not wrong, "\n".join(["", *wrong[:20]])
    if visitor in OWN_PEOPLE:
        changed = [table for table in before if before[table] != after[table]]
        assert not changed, f"rows of the other State changed in {changed}"
    assert statuses.total() >= min(LIMIT, 300), f"too little was forged: {statuses}"
    assert statuses[404] > 0, f"no other's object was asked for: {statuses}"
    print(f"{visitor}: {statuses.total()} of {len(made)}, {dict(sorted(statuses.items()))}")  # noqa: T201


def test_the_hash_sees_a_changed_row(own_rehearsal):
    """A comparison that sees nothing would let everything pass."""
    before = rows_of_other(own_rehearsal)
    with own_rehearsal.stage.database.writing() as session:
        changed = session.execute(
            sa.text("UPDATE people SET version = version + 1 WHERE state_code = :state"),
            {"state": OTHER},
        )
        assert changed.rowcount > 0

    assert rows_of_other(own_rehearsal)["people"] != before["people"]
