"""What readers find of a State's answers, compared with what the State signed: for the State."""

from dataclasses import dataclass

from cooperation.access.context import RequestContext
from cooperation.audit import service as audit
from cooperation.audit.rules import Checkpoint
from cooperation.core.errors import NotFound
from cooperation.publication.reading.service.collecting import ReadAnswer, collect_answers
from cooperation.responses.rules import SignedSubmission
from cooperation.vault.errors import CannotOpen


@dataclass(frozen=True)
class Comparison:
    """The published answers of a State: those that match, and the questions where one does not."""

    answers: tuple[ReadAnswer, ...]
    doubtful: tuple[str, ...]
    checkpoint: Checkpoint | None

    @property
    def count(self) -> int:
        """How many answers with something to read match."""
        return sum(each.has_content for each in self.answers)

    @property
    def signed(self) -> tuple[SignedSubmission, ...]:
        """The submissions in whose manifests the answers stand, newest first."""
        return submissions_behind(self.answers)


def submissions_behind(answers: tuple[ReadAnswer, ...]) -> tuple[SignedSubmission, ...]:
    """Return the submissions of one State in which these answers were signed, newest first."""
    found = {each.signed.number: each.signed for each in answers if each.is_open and each.signed}
    return tuple(found[number] for number in sorted(found, reverse=True))


def compare_own(ctx: RequestContext, edition_id: str) -> Comparison | None:
    """Open the State's own published answers as readers do and compare them with its manifests.

    `None` where nothing is published, or the edition's key has not come back to the State yet.
    Its own reading is not logged.
    """
    if ctx.actor.state_code is None:
        raise NotFound
    try:
        found = collect_answers(
            ctx,
            edition_id,
            state_code=ctx.actor.state_code,
            with_confidential=False,
            sifts=True,
        )
    except CannotOpen:
        return None
    answers = tuple(each for each in found.values() if each.is_open)
    doubtful = tuple(sorted(each.question for each in found.values() if each.is_doubtful))
    if not answers and not doubtful:
        return None
    return Comparison(answers, doubtful, audit.latest_checkpoint(ctx.session))
