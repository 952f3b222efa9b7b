"""A disk that is full under every route of the platform, and at fifty sizes (reliability R4)."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.audit import service as audit
from cooperation.core.db import Base, DatabaseFailedError, is_full
from cooperation.publication.models import PublishedAnswer
from cooperation.responses import service as responses
from cooperation.responses.models import Submission
from tests.fixtures import second_persons
from tests.fixtures.circles import NOW
from tests.fixtures.disks import SmallDisk, small_disk
from tests.fixtures.people import World
from tests.fixtures.rehearsal import Rehearsal
from tests.fixtures.responses import EDITION, Round, copied
from tests.fixtures.walking import BLOCKS, REDIRECTS, send

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("rehearsal")]

WALKERS = ("contributor", "signatory", "head", "court_reader", "administrator")
"""One of each institution, and both of a State who write."""
HONEST = {*REDIRECTS, 200, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 503, 507}
FAILS_BY_ITSELF = "gallery.failure"
WRITES_NOTHING = {"gallery.save", "accounts.check_code", "reports.receive"}
"""Forms that succeed on any disk: a page of tests, a sign-in begun anew, a log line."""


@pytest.fixture
def disk(rehearsal: Rehearsal, tmp_path: Path) -> Iterator[SmallDisk]:
    yield from small_disk(tmp_path / "disk", rehearsal.held.settings.instance_path)


@pytest.fixture
def full(rehearsal: Rehearsal, disk: SmallDisk) -> Iterator[Rehearsal]:
    """A copy of the rehearsal on a disk that is full; requests are kept if they can be."""
    made = rehearsal.copy_to(disk.folder / "rehearsal", free_space_floor_mb=0)
    disk.hold(made.held.database.engine)
    yield made
    made.close()


def counts(rehearsal: Rehearsal) -> dict[str, int]:
    """Return how many rows each table holds."""
    with rehearsal.held.database.reading() as session:
        return {
            name: session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
        }


def integrity(rehearsal: Rehearsal) -> tuple[str, str | None]:
    """Return what SQLite and the log say of themselves."""
    with rehearsal.held.database.reading() as session:
        said = str(session.execute(sa.text("PRAGMA integrity_check")).scalar_one())
        return said, audit.verify(session).fault


@pytest.mark.parametrize("visitor", WALKERS)
def test_no_route_claims_or_breaks_anything_on_a_full_disk(full, disk, visitor):
    form = full.form_fields(visitor)
    before = counts(full)
    wrong, met = [], Counter()
    disk.fill()
    with full.keeping():
        for block in BLOCKS.values():
            if block.endpoint == FAILS_BY_ITSELF:
                continue
            for row in block.rows:
                page = send(full, visitor, block, row, form)
                met[page.status] += 1
                place = f"line {row.line}: {block.method} {page.path}"
                if page.status not in HONEST:
                    wrong.append(f"{place} is {page.status}")
                is_claim = block.method == "POST" and page.status < 400
                if disk.is_real and is_claim and block.endpoint not in WRITES_NOTHING:
                    wrong.append(f"{place} claims to have done it")
                typed = [full.meaning(name, word, visitor) for name, word in row.fields.items()]
                if page.status == 507 and block.method == "POST" and "alue" in page.html:
                    wrong += [f"{place} lost {word}" for word in typed if word not in page.html]
    disk.free()

    print(f"{visitor}: {dict(sorted(met.items()))}")  # noqa: T201 - the figure
    assert not wrong, "\n".join(["", *wrong])
    assert integrity(full) == ("ok", None)
    if disk.is_real:
        assert counts(full) == before


SIZES = 50
STEP = 5_000


def is_done_at(disk, act, leaving):
    """Do an act with so many bytes left; tell whether it was done."""
    disk.fill(leaving=leaving)
    try:
        act()
    except DatabaseFailedError as failure:
        if not is_full(failure):
            raise
        return False
    finally:
        disk.free()
    return True


def sweep(disk, act, count):
    """Do an act at fifty sizes until it is done; what was not done has left nothing."""
    before = count()
    for number in range(SIZES):
        if is_done_at(disk, act, number * STEP):
            return number, count() - before
        assert count() == before, f"half an act with {number * STEP} bytes left"
    raise AssertionError("fifty sizes were too few")


@pytest.fixture
def round_on_disk(answered: World, tmp_path: Path) -> Iterator[tuple[Round, SmallDisk]]:
    for disk in small_disk(tmp_path / "small", Path(answered.settings.instance_path)):
        for made in copied(answered, disk.folder):
            disk.hold(made.world.database.engine)
            yield made, disk


def test_a_submission_is_there_whole_or_not_at_all_at_fifty_sizes(round_on_disk):
    round_, disk = round_on_disk
    round_.ready()

    def submit():
        with round_.acting("signatory") as ctx:
            state = responses.signing_page(ctx, edition_id=EDITION)
            responses.submit_response(
                ctx, edition_id=EDITION, version=state.version, is_declared=True
            )

    def count():
        with round_.world.database.reading() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(Submission))

    number, made = sweep(disk, submit, count)

    print(f"submitted at size {number} of {SIZES}")  # noqa: T201 - the figure
    assert made == 1
    with round_.reading("signatory", NOW) as ctx:
        submission = responses.latest_submission(ctx, EDITION, "AF01")
        rows = responses.submission_answers(ctx.session, [submission.id])
        assert len(responses.open_answers(ctx, rows)) == len(rows) > 50
        assert audit.verify(ctx.session).fault is None


def test_a_batch_is_published_whole_or_not_at_all_at_fifty_sizes(full, disk):
    head = full.player(Role.HEAD)
    proposal = full.meaning("proposal_id", "open", "head")

    def publish():
        with full.stage.acting(head) as ctx:
            second_persons.approve(ctx, proposal)

    def count():
        with full.held.database.reading() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(PublishedAnswer))

    number, made = sweep(disk, publish, count)

    print(f"published at size {number} of {SIZES}")  # noqa: T201 - the figure
    assert made > 5
    assert integrity(full) == ("ok", None)
