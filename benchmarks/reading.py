"""Reading: whole editions from the database to plain text, figures, export."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace

from benchmarks.ground import Ground
from benchmarks.limits import cipher_task
from benchmarks.timing import Task
from cooperation.access.context import RequestContext
from cooperation.access.rules import Role
from cooperation.analysis.service.figures import all_figures
from cooperation.audit import service as audit
from cooperation.demonstration.stage import Player
from cooperation.publication import queries
from cooperation.publication import service as publication
from cooperation.publication.reading.service.collecting import open_published
from cooperation.publication.reading.service.exporting import export_answers
from cooperation.publication.reading.service.proving import export_proofs
from cooperation.responses import service as responses
from cooperation.responses.rules import Audience

PUBLISHED_CIPHER = "bare AES-GCM, the published edition's bytes"
COURT_CIPHER = "bare AES-GCM, the Court's bytes"


def lengths_of(ground: Ground) -> tuple[list[int], list[int]]:
    """Return the lengths of all published records, and of those that the Court opens besides."""
    edition = ground.editions[0]
    with ground.acting(ground.player(Role.COURT_READER)) as ctx:
        rows = queries.sealed_records(ctx.session, edition)
        published = [len(row.sealed) for row in rows]
        submissions = [each.id for each in responses.submissions_of(ctx, edition)]
        confidential = responses.submission_answers(
            ctx.session, submissions, audiences=(Audience.RESTRICTED, Audience.COURT)
        )
        return published, [len(row.sealed) for row in confidential]


def _export(ctx: RequestContext, edition: str) -> object:
    """Export and take the count back: an account may export ten times an hour only."""
    with ctx.session.begin_nested() as export:
        made = export_answers(ctx, edition)
        export.rollback()
    return made


def _export_proofs(ctx: RequestContext, edition: str) -> object:
    """Export with proofs and take the count back."""
    with ctx.session.begin_nested() as export:
        made = export_proofs(ctx, edition)
        export.rollback()
    return made


@dataclass
class OpenRequest:
    """A request whose transaction is open; opening and closing it are not timed."""

    ctx: RequestContext
    held: ExitStack


def _task(
    ground: Ground, name: str, player: Player, use: Callable[[RequestContext], object]
) -> Task:
    def prepare() -> OpenRequest:
        held = ExitStack()
        return OpenRequest(held.enter_context(ground.acting(player)), held)

    def run(prepared: object) -> object:
        assert isinstance(prepared, OpenRequest)
        return use(prepared.ctx)

    def finish(prepared: object) -> None:
        assert isinstance(prepared, OpenRequest)
        prepared.held.close()

    return Task(name, run, prepare, finish=finish)


def tasks(ground: Ground) -> list[Task]:
    """Return what is measured of reading, the bare cipher first."""
    edition = ground.editions[0]
    published, confidential = lengths_of(ground)
    held = ground.held
    audit.issue_checkpoint(held.database, held.settings, held.root, ground.clock)
    state = ground.player(Role.FOCAL_POINT, "AF01")
    court = ground.player(Role.COURT_READER)

    def task(
        name: str, player: Player, use: Callable[[RequestContext], object], **goals: object
    ) -> Task:
        return replace(_task(ground, name, player, use), **goals)  # type: ignore[arg-type]

    return [
        cipher_task(PUBLISHED_CIPHER, published),
        cipher_task(COURT_CIPHER, published + confidential),
        task(
            f"open a published edition ({len(published):,} records)",
            state,
            lambda ctx: open_published(ctx, edition),
            bases=(PUBLISHED_CIPHER,),
            at_most=5,
        ),
        task(
            f"the Court's reading ({len(published) + len(confidential):,} records)",
            court,
            lambda ctx: publication.collect_answers(ctx, edition, with_confidential=True),
            bases=(COURT_CIPHER,),
            at_most=12,
        ),
        task(
            "figures of all questions (a State)",
            state,
            lambda ctx: all_figures(ctx, edition),
            milliseconds=500,
        ),
        task(
            "figures of all questions (the Court)",
            court,
            lambda ctx: all_figures(ctx, edition),
            milliseconds=500,
        ),
        task(
            "CSV of everything (a State)",
            state,
            lambda ctx: _export(ctx, edition),
            milliseconds=500,
        ),
        task(
            "CSV of everything (the Court)",
            court,
            lambda ctx: _export(ctx, edition),
            milliseconds=500,
        ),
        task(
            "everything with its proofs (a State)",
            state,
            lambda ctx: _export_proofs(ctx, edition),
            milliseconds=5_000,
        ),
    ]
