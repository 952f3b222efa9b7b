"""What was narrowed is gone from the files of the database, not from its tables alone."""

from pathlib import Path

from sqlalchemy import make_url

from cooperation.publication import service as publication
from cooperation.publication.models import PublishedAnswer
from cooperation.responses.models import SubmissionAnswer
from tests.fixtures.publication import STATE, Office
from tests.fixtures.responses import EDITION

CODE = "A-07"


def sealed_of(office: Office) -> list[bytes]:
    assert office.submission is not None
    with office.round.reading("focal") as ctx:
        published = ctx.session.get_one(PublishedAnswer, (EDITION, STATE, CODE))
        submitted = ctx.session.get_one(SubmissionAnswer, (office.submission.id, CODE))
        assert published.sealed is not None
        return [published.sealed[48:80], submitted.sealed[48:80]]


def files_of(office: Office) -> list[bytes]:
    address = make_url(office.round.world.database.engine.url).database
    assert address is not None
    found = sorted(Path(address).parent.glob(f"{Path(address).name}*"))
    return [path.read_bytes() for path in found]


def narrow(office: Office) -> None:
    with office.round.acting("focal") as ctx:
        publication.narrow(ctx, EDITION, CODE)


def test_narrowed_records_stand_in_no_file(published: Office) -> None:
    sealed = sealed_of(published)
    assert all(any(each in file for file in files_of(published)) for each in sealed)

    narrow(published)

    assert not any(each in file for file in files_of(published) for each in sealed)


def test_a_reader_in_the_way_delays_it_to_the_next_write(published: Office) -> None:
    sealed = sealed_of(published)

    with published.round.reading("other_focal") as reader:
        publication.list_states(reader, EDITION)
        narrow(published)
        assert any(each in file for file in files_of(published) for each in sealed)
    with published.round.acting("other_focal"):
        pass

    assert not any(each in file for file in files_of(published) for each in sealed)
