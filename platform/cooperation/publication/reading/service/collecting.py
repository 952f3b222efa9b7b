"""Opening what a reader may read: published answers, and for the Court those given to it.

Whole editions are read as tuples and opened a bundle at a time; an answer is parsed and checked
against its commitment when somebody looks at it (design: stack, Speed to keep). Pages and exports
are sifted: an answer that is not what its State signed is left blank there, and the rest is read.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, require
from cooperation.access.policy import Permission
from cooperation.circles import service as circles
from cooperation.circles.rules import COURT
from cooperation.core.text import Text, _
from cooperation.publication import queries
from cooperation.publication.batches.service.candidates import published_bundle
from cooperation.publication.batches.service.records import (
    NotWhatWasSignedError,
    checked,
    opened_answer,
)
from cooperation.publication.queries import SealedRecord
from cooperation.publication.rules import ANSWER_FIELD, PUBLICATION, PUBLISHED_KIND
from cooperation.responses import service as responses
from cooperation.responses.rules import (
    AnswerStatus,
    Audience,
    OpenedAnswer,
    SignedSubmission,
    SubmittedAnswer,
    audiences_with,
)
from cooperation.responses.service import NotSignedError
from cooperation.two_persons import service as two_persons
from cooperation.vault.errors import CannotOpen

Key = tuple[str, str]
"""State and question."""


class Source(StrEnum):
    """By which right an answer is read."""

    PUBLISHED = "published"
    RESTRICTED = "restricted"
    COURT = "court"

    @property
    def label(self) -> Text:
        """The right in words."""
        return _SOURCES[self]

    @property
    def is_confidential(self) -> bool:
        """Whether the answer was not given to the States Parties."""
        return self is not Source.PUBLISHED


_SOURCES = {
    Source.PUBLISHED: _("Published"),
    Source.RESTRICTED: _("Secretariat and Court only"),
    Source.COURT: _("Court only"),
}


class ReadAnswer(NamedTuple):
    """One record that the reader may open; a tuple, because an edition has ten thousand.

    `content` are its opened bytes, or nothing where it was narrowed or taken back, or where it is
    doubtful: not what its State signed. `signed` is the submission in whose manifest it stands.
    """

    state_code: str
    question: str
    source: Source
    status: AnswerStatus
    commitment: bytes
    content: bytes | OpenedAnswer | None
    published_at: datetime | None
    narrowed_at: datetime | None
    retracted_at: datetime | None = None
    signed: SignedSubmission | None = None
    is_doubtful: bool = False

    @property
    def key(self) -> Key:
        """State and question."""
        return self.state_code, self.question

    @property
    def is_open(self) -> bool:
        """Whether the record is there at all, be it a silent one."""
        return self.content is not None

    @property
    def has_content(self) -> bool:
        """Whether there is something to read."""
        return self.content is not None and self.status is AnswerStatus.ANSWERED

    @property
    def opened(self) -> OpenedAnswer:
        """The answer, checked against what its State signed; raises `NotWhatWasSignedError`."""
        content = self.content
        assert content is not None  # noqa: S101 - a narrowed answer has nothing to open
        if isinstance(content, OpenedAnswer):
            return checked(content, self.commitment)
        return opened_answer(content, self.commitment)


def reads_for_court(ctx: RequestContext) -> bool:
    """Tell whether the reader may open what was given to the Court."""
    return is_allowed(ctx.actor, Permission.READ_FOR_COURT)


def open_published(ctx: RequestContext, edition_id: str) -> list[tuple[str, str, bytes]]:
    """Open a whole published edition: State, question, plain bytes of each record."""
    require(ctx.actor, Permission.READ_PUBLISHED)
    rows = queries.items_to_open(ctx.session, edition_id)
    bundle = published_bundle(ctx, edition_id) if rows else None
    if bundle is None:
        return []
    contents = circles.open_lasting(ctx, bundle, rows, kind=PUBLISHED_KIND, field=ANSWER_FIELD)
    return [(row[2], row[0], content) for row, content in zip(rows, contents, strict=True)]


def _open_records(
    ctx: RequestContext, edition_id: str, rows: Sequence[SealedRecord], *, sifts: bool
) -> list[bytes | None]:
    """Return the plain bytes of each record; with `sifts` nothing for one that does not open."""
    bundle = published_bundle(ctx, edition_id) if rows else None
    if bundle is None:
        return []
    found: list[bytes | None] = []
    place = {"kind": PUBLISHED_KIND, "field": ANSWER_FIELD}
    try:
        found += circles.open_lasting(ctx, bundle, [row[:4] for row in rows], **place)
    except CannotOpen:
        if not sifts:
            raise
        for row in rows:
            try:
                found += circles.open_lasting(ctx, bundle, [row[:4]], **place)
            except CannotOpen:
                found.append(None)
    return found


def collect_answers(
    ctx: RequestContext,
    edition_id: str,
    *,
    state_code: str | None = None,
    questions: Sequence[str] = (),
    with_confidential: bool,
    sifts: bool = False,
) -> dict[Key, ReadAnswer]:
    """Open what the reader may read, by State and question.

    Each commitment is one that its State signed for this edition, for the audience that reads it;
    raises `NotSignedError`, or with `sifts` leaves the answer without content and doubtful.
    `with_confidential` asks for what was given to the Court and raises `NotAllowed` for others. The
    caller logs the reading. Where the Court holds a later text than the published one, that is it.
    """
    require(ctx.actor, Permission.READ_PUBLISHED)
    found = _published(ctx, edition_id, state_code, questions, sifts=sifts)
    found |= _gone(ctx, edition_id, state_code, questions)
    if with_confidential:
        require(ctx.actor, Permission.READ_FOR_COURT)
        found |= _confidential(ctx, edition_id, state_code, questions, found, sifts=sifts)
    return {key: _sifted(read) for key, read in found.items()} if sifts else found


_STATUSES = {status.value: status for status in AnswerStatus}


def _published(
    ctx: RequestContext,
    edition_id: str,
    state_code: str | None,
    questions: Sequence[str],
    *,
    sifts: bool,
) -> dict[Key, ReadAnswer]:
    rows = queries.sealed_records(
        ctx.session, edition_id, state_code=state_code, questions=questions
    )
    contents = _open_records(ctx, edition_id, rows, sifts=sifts)
    batches = two_persons.halves_of(ctx.session, PUBLICATION, ctx.now)
    signed = responses.signed_submissions(ctx, {row.submission_id for row in rows})
    found: dict[Key, ReadAnswer] = {}
    for row, content in zip(rows, contents, strict=True):
        question, _version, state, _sealed, status, commitment, proposal, by = row
        is_signed = _is_signed(signed.get(by), edition_id, row, Audience.STATES)
        if not (is_signed or sifts):
            raise NotSignedError
        found[state, question] = ReadAnswer(
            state,
            question,
            Source.PUBLISHED,
            _STATUSES[status],
            commitment,
            content,
            batches[proposal].decided_at,
            None,
            signed=signed.get(by),
            is_doubtful=not is_signed or content is None,
        )
    return found


def _is_signed(
    signed: SignedSubmission | None,
    edition_id: str,
    row: SealedRecord | SubmittedAnswer,
    audience: str | None,
) -> bool:
    """Tell whether a record is one that its State signed in this edition, for this audience."""
    if signed is None or signed.edition != edition_id:
        return False
    if not signed.stands(row.state_code, row.question, row.commitment):
        return False
    leaf = signed.answers[row.question]
    return leaf.status == row.status and audience in {None, leaf.audience}


def _gone(
    ctx: RequestContext, edition_id: str, state_code: str | None, questions: Sequence[str]
) -> dict[Key, ReadAnswer]:
    """Return what was published and then narrowed or taken back."""
    heads = queries.narrowed_heads(
        ctx.session, edition_id, state_code=state_code, questions=questions
    )
    return {
        (head.state_code, head.question): ReadAnswer(
            head.state_code,
            head.question,
            Source.PUBLISHED,
            _STATUSES[head.status],
            head.commitment,
            None,
            head.published_at,
            head.narrowed_at,
            head.retracted_at,
        )
        for head in heads
    }


def _sifted(read: ReadAnswer) -> ReadAnswer:
    """Return the answer; without content where that is not what was signed."""
    if read.is_open and not read.is_doubtful:
        try:
            return read._replace(content=read.opened)
        except (CannotOpen, NotWhatWasSignedError):
            pass
    elif not read.is_doubtful:
        return read
    return read._replace(content=None, is_doubtful=True)


def confidential_rows(
    ctx: RequestContext, edition_id: str, state_code: str | None, questions: Sequence[str]
) -> list[SubmittedAnswer]:
    """Return the sealed records that States gave to the Court, of their last submissions."""
    if state_code is None:
        submissions = [each.id for each in responses.submissions_of(ctx, edition_id)]
    else:
        last = responses.latest_submission(ctx, edition_id, state_code)
        submissions = [last.id] if last else []
    return responses.submission_answers(
        ctx.session,
        submissions,
        questions=questions or None,
        audiences=audiences_with(COURT),
    )


def _confidential(
    ctx: RequestContext,
    edition_id: str,
    state_code: str | None,
    questions: Sequence[str],
    published: dict[Key, ReadAnswer],
    *,
    sifts: bool,
) -> dict[Key, ReadAnswer]:
    rows = confidential_rows(ctx, edition_id, state_code, questions)
    doubtful: set[Key] = set()
    opened = _open_some(ctx, rows, doubtful) if sifts else responses.open_answers(ctx, rows)
    signed = responses.signed_submissions(ctx, {row.submission_id for row in rows})
    found: dict[Key, ReadAnswer] = {}
    for row in rows:
        key = (row.state_code, row.question)
        if key not in opened and key not in doubtful:
            continue
        by = signed.get(row.submission_id)
        audience = row.audience if row.narrowed_at is None else None
        is_signed = _is_signed(by, edition_id, row, audience)
        if not (is_signed or sifts):
            raise NotSignedError
        before = published.get(key)
        found[key] = ReadAnswer(
            row.state_code,
            row.question,
            Source(row.audience),
            _STATUSES[row.status],
            row.commitment,
            opened.get(key),
            before.published_at if before else None,
            row.narrowed_at,
            signed=by,
            is_doubtful=key in doubtful or not is_signed,
        )
    return found


def _open_some(
    ctx: RequestContext, rows: Sequence[SubmittedAnswer], doubtful: set[Key]
) -> dict[Key, OpenedAnswer]:
    """Open what opens and is what was signed; name the others, found by halving."""
    try:
        return responses.open_answers(ctx, rows)
    except (CannotOpen, NotSignedError):
        if len(rows) == 1:
            doubtful.add((rows[0].state_code, rows[0].question))
            return {}
    middle = len(rows) // 2
    return _open_some(ctx, rows[:middle], doubtful) | _open_some(ctx, rows[middle:], doubtful)
