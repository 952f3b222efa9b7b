"""Whoever holds the assembly's key and writes to the database still cannot speak for a State."""

from collections.abc import Iterator

import pytest

from cooperation.editions.rules import Answer, canonical
from cooperation.publication import service
from cooperation.publication.models import PublishedAnswer
from cooperation.publication.rules import ANSWER_FIELD, PUBLISHED_KIND
from cooperation.publication.service.candidates import published_bundle
from cooperation.publication.service.records import published_bytes
from cooperation.responses.rules import OpenedAnswer
from cooperation.responses.service import NotSignedError
from cooperation.responses.service.signed import forget_manifests
from cooperation.vault.commitment import commit, new_salt
from tests.fixtures.publication import STATE, Office
from tests.fixtures.responses import EDITION

CODE = "A-07"


@pytest.fixture(autouse=True)
def _new_process() -> Iterator[None]:
    forget_manifests()
    yield
    forget_manifests()


def read(office: Office) -> None:
    with office.round.acting("court") as ctx:
        service.read_question(ctx, EDITION, CODE)


@pytest.mark.parametrize("is_known", [True, False])
def test_a_forged_text_is_not_shown(published: Office, is_known: bool) -> None:
    if is_known:
        read(published)
    forged = OpenedAnswer(canonical(Answer(text="What AF01 never wrote")), new_salt(), EDITION)
    with published.round.acting("other_focal") as ctx:
        bundle = published_bundle(ctx, EDITION)
        row = ctx.session.get_one(PublishedAnswer, (EDITION, STATE, CODE))
        assert bundle is not None
        row.sealed = bundle.seal(
            kind=PUBLISHED_KIND,
            code=CODE,
            version=row.version + 1,
            field=ANSWER_FIELD,
            content=published_bytes(forged),
            state=STATE,
        )
        row.commitment = commit(forged.canonical, forged.salt)

    with pytest.raises(NotSignedError):
        read(published)


def test_an_answer_is_not_shown_as_another_states(published: Office) -> None:
    with published.round.acting("other_focal") as ctx:
        bundle = published_bundle(ctx, EDITION)
        row = ctx.session.get_one(PublishedAnswer, (EDITION, STATE, CODE))
        assert bundle is not None
        assert row.sealed is not None
        place = {"kind": PUBLISHED_KIND, "code": CODE, "field": ANSWER_FIELD}
        content = bundle.open(row.sealed, version=row.version, state=STATE, **place)
        copied = {
            name: getattr(row, name)
            for name in ("bundle_id", "status", "commitment", "submission_id", "proposal_id")
        }
        sealed = bundle.seal(version=1, state="AF02", content=content, **place)
        forged = PublishedAnswer(
            edition_id=EDITION,
            state_code="AF02",
            question=CODE,
            sealed=sealed,
            published_at=row.published_at,
            **copied,
        )
        ctx.session.add(forged)

    with pytest.raises(NotSignedError):
        read(published)
