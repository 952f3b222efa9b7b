"""Publishing: each answer opened from its submission, checked, sealed for the whole assembly."""

from collections.abc import Sequence

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.circles.service import OpenBundle
from cooperation.core.failpoints import reach
from cooperation.core.ids import new_id
from cooperation.publication import queries
from cooperation.publication.batches.service.candidates import published_bundle_for_writing
from cooperation.publication.batches.service.records import checked, published_bytes
from cooperation.publication.models import PublishedAnswer, PublishedFile, PublishedFileChunk
from cooperation.publication.rules import ANSWER_FIELD, PUBLISHED_KIND, Item
from cooperation.responses import service as responses
from cooperation.responses.rules import OpenedAnswer, SubmittedAnswer
from cooperation.review import service as review


def publish_items(
    ctx: RequestContext, edition_id: str, proposal_id: str, items: Sequence[Item]
) -> None:
    """Seal the answers of a batch again under the edition's bundle, files with them.

    Raises `CannotOpen`, `NotWhatWasSignedError`; then nothing is published.
    """
    bundle = published_bundle_for_writing(ctx, edition_id)
    wanted = {item.key for item in items}
    submissions = {item.submission_id for item in items}
    rows = [
        row
        for row in responses.submission_answers(ctx.session, submissions)
        if (row.state_code, row.question) in wanted
    ]
    opened = responses.open_answers(ctx, rows)
    versions = {
        (head.state_code, head.question): head.version
        for head in queries.published_heads(ctx.session, edition_id)
    }
    new: list[dict[str, object]] = []
    for row in rows:
        answer = checked(opened[row.state_code, row.question], row.commitment)
        version = versions.get((row.state_code, row.question), 0) + 1
        values = _values(ctx, bundle, row, answer, version)
        values |= {"edition_id": edition_id, "proposal_id": proposal_id}
        reach("publication.resealed")
        if version == 1:
            new.append(values)
        else:
            _replace(ctx, edition_id, row, values)
        _publish_files(ctx, edition_id, bundle, row, answer)
    if new:
        ctx.session.execute(sa.insert(PublishedAnswer), new)
    reach("publication.rows_written")
    _close_decisions(ctx, edition_id, rows)


def _values(
    ctx: RequestContext,
    bundle: OpenBundle,
    row: SubmittedAnswer,
    answer: OpenedAnswer,
    version: int,
) -> dict[str, object]:
    sealed = bundle.seal(
        kind=PUBLISHED_KIND,
        code=row.question,
        version=version,
        field=ANSWER_FIELD,
        content=published_bytes(answer),
        state=row.state_code,
    )
    return {
        "state_code": row.state_code,
        "question": row.question,
        "bundle_id": bundle.id,
        "status": row.status,
        "sealed": sealed,
        "commitment": row.commitment,
        "submission_id": row.submission_id,
        "published_at": ctx.now,
        "narrowed_at": None,
        "retracted_at": None,
        "version": version,
    }


def _replace(
    ctx: RequestContext, edition_id: str, row: SubmittedAnswer, values: dict[str, object]
) -> None:
    """Put a newer text in the place of one that was published before."""
    queries.delete_files(ctx.session, edition_id, row.state_code, row.question)
    ctx.session.execute(
        sa.update(PublishedAnswer)
        .where(
            PublishedAnswer.edition_id == edition_id,
            PublishedAnswer.state_code == row.state_code,
            PublishedAnswer.question == row.question,
        )
        .values(values)
    )


def _publish_files(
    ctx: RequestContext,
    edition_id: str,
    bundle: OpenBundle,
    row: SubmittedAnswer,
    answer: OpenedAnswer,
) -> None:
    if b'"files"' not in answer.canonical:  # reading ten thousand answers for files takes long
        return
    for file in answer.answer.files:
        content = responses.submitted_file(ctx, row, file.id, answer).content
        sealed = bundle.seal_file(content)
        stored = PublishedFile(
            id=new_id(),
            reference=file.id,
            edition_id=edition_id,
            state_code=row.state_code,
            question=row.question,
            bundle_id=bundle.id,
            header=sealed.header,
        )
        ctx.session.add(stored)
        ctx.session.flush()
        chunks = [
            {"file_id": stored.id, "number": number, "sealed": chunk}
            for number, chunk in enumerate(sealed.chunks)
        ]
        ctx.session.execute(sa.insert(PublishedFileChunk), chunks)
        reach("publication.file_copied")


def _close_decisions(ctx: RequestContext, edition_id: str, rows: Sequence[SubmittedAnswer]) -> None:
    heads = review.decisions(ctx.session, edition_id)
    keys = [(row.state_code, row.question, row.commitment) for row in rows]
    review.close_decisions(ctx.session, [heads[key] for key in keys if key in heads])
    reach("publication.decisions_closed")
