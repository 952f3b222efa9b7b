"""Notes verbales: 125 letters and their annex, prepared in steps as the progress page does."""

from benchmarks.ground import Ground
from benchmarks.timing import Task
from cooperation.access.rules import Role
from cooperation.notes_verbales import service as notes_verbales
from cooperation.notes_verbales.service.approve import void_notes


def tasks(ground: Ground) -> list[Task]:
    """Return what is measured of notes verbales."""
    officer = ground.player(Role.OFFICER)
    edition = ground.editions[1]
    made: list[str] = []

    def prepare() -> None:
        for batch_id in made:
            with ground.acting(officer) as ctx:
                void_notes(ctx, batch_id)
        made.clear()

    def run(_prepared: object) -> None:
        with ground.acting(officer) as ctx:
            wishes = notes_verbales.proposal_for(ctx, edition)
            batch_id = notes_verbales.prepare_notes(ctx, edition_id=edition, wishes=wishes)
        has_work = True
        while has_work:
            with ground.acting(officer) as ctx:
                has_work = notes_verbales.continue_batch(ctx, batch_id).has_work
        made.append(batch_id)

    return [Task("125 notes verbales with annex", run, prepare, milliseconds=10_000, runs=3)]
