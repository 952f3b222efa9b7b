"""Files of answers in the database: sealed pieces under the bundle of their answer."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.circles.service import OpenBundle
from cooperation.core.db import Database, Session, note_destruction
from cooperation.core.errors import Broken, NotFound
from cooperation.core.failpoints import reach
from cooperation.core.ids import new_id
from cooperation.editions.rules import FileRef
from cooperation.responses import queries
from cooperation.responses.models import FileChunk, StoredFile

REMOVED_LIFE = timedelta(hours=1)
"""How long a removed file can be put back, where nothing else is written to its response."""


def store_file(
    ctx: RequestContext,
    bundle: OpenBundle,
    *,
    state_code: str,
    question: str,
    reference: str,
    content: bytes,
) -> None:
    """Seal a file under a bundle and keep its pieces."""
    sealed = bundle.seal_file(content)
    row = StoredFile(
        id=new_id(),
        reference=reference,
        bundle_id=bundle.id,
        state_code=state_code,
        question=question,
        header=sealed.header,
        stored_at=ctx.now,
    )
    ctx.session.add(row)
    ctx.session.flush()
    reach("file.header_written")
    ctx.session.execute(
        sa.insert(FileChunk),
        [
            {"file_id": row.id, "number": number, "sealed": chunk}
            for number, chunk in enumerate(sealed.chunks)
        ],
    )
    reach("file.chunks_written")


def read_file(session: Session, bundle: OpenBundle, file: FileRef) -> bytes:
    """Return a file's content; raises `NotFound`, and `Broken` where it is not what was added."""
    row = queries.stored_file(session, bundle.id, file.id)
    if row is None:
        raise NotFound
    content = bundle.open_file(row.header, queries.file_chunks(session, row.id))
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise Broken
    return content


def has_files(session: Session, bundle_id: str, files: Sequence[FileRef]) -> bool:
    """Tell whether all these files are under a bundle, those that were removed too."""
    wanted = {file.id for file in files}
    return not wanted or queries.kept_references(session, bundle_id, wanted) == wanted


def copy_files(
    ctx: RequestContext,
    files: Sequence[FileRef],
    source: OpenBundle,
    target: OpenBundle,
    *,
    state_code: str,
    question: str,
) -> None:
    """Seal an answer's files again under another bundle, where they are not there yet."""
    for file in files:
        if queries.stored_file(ctx.session, target.id, file.id) is None:
            content = read_file(ctx.session, source, file)
            store_file(
                ctx,
                target,
                state_code=state_code,
                question=question,
                reference=file.id,
                content=content,
            )


def move_files(ctx: RequestContext, source: OpenBundle, target: OpenBundle) -> None:
    """Seal all files of a bundle again under another, and delete what was sealed before."""
    rows = queries.stored_files(ctx.session, source.id)
    for row in rows:
        store_file(
            ctx,
            target,
            state_code=row.state_code,
            question=row.question,
            reference=row.reference,
            content=source.open_file(row.header, queries.file_chunks(ctx.session, row.id)),
        )
    delete_files(ctx.session, source.id, [row.reference for row in rows])


def delete_files(session: Session, bundle_id: str, references: Sequence[str]) -> None:
    """Delete files under one bundle; copies under other bundles stay."""
    note_destruction(session)
    ids = sa.select(StoredFile.id).where(
        StoredFile.bundle_id == bundle_id, StoredFile.reference.in_(references)
    )
    session.execute(sa.delete(FileChunk).where(FileChunk.file_id.in_(ids)))
    reach("file.chunks_deleted")
    session.execute(
        sa.delete(StoredFile).where(
            StoredFile.bundle_id == bundle_id, StoredFile.reference.in_(references)
        )
    )


def set_removed(
    session: Session, bundle_id: str, references: Sequence[str], at: datetime | None
) -> None:
    """Mark files as removed, or put them back where `at` is None."""
    session.execute(
        sa.update(StoredFile)
        .where(StoredFile.bundle_id == bundle_id, StoredFile.reference.in_(references))
        .values(removed_at=at)
    )


def destroy_removed(session: Session, bundle_id: str) -> None:
    """Destroy what was removed under a bundle: the act that did it cannot be undone any more."""
    gone = queries.removed_references(session, bundle_id)
    if gone:
        delete_files(session, bundle_id, gone)


def destroy_removed_in_time(database: Database, now: datetime) -> int:
    """Destroy what was removed an hour ago, as the server's own job; return how many files.

    It opens nothing.
    """
    with database.reading() as session:
        if not queries.removed_before(session, now - REMOVED_LIFE):
            return 0
    with database.writing() as session:
        due = queries.removed_before(session, now - REMOVED_LIFE)
        for bundle_id, reference in due:
            delete_files(session, bundle_id, [reference])
        return len(due)
