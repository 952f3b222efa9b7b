"""What a submission would be: every question with its answer, audience, salt and commitment.

A plan writes nothing. The same draft with the same salts gives the same root, so that a signatory
can approve a root with her passkey and what is sealed afterwards is exactly that.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from cooperation.access.context import RequestContext
from cooperation.accounts import service as accounts
from cooperation.circles import service as circles
from cooperation.editions import service as editions
from cooperation.editions.rules import BLANK, Answer, Question, canonical
from cooperation.responses import queries
from cooperation.responses.drafting.service.frame import Draft, Frame
from cooperation.responses.rules import (
    AnswerStatus,
    Audience,
    ConsentSettings,
    DraftRecord,
    ManifestAnswer,
    OpenedAnswer,
    SigningFacts,
    Submission,
    SubmittedAnswer,
    answer_status,
    answers_of,
    audience_of,
    consent_of,
    root_leaves,
    with_derived,
)
from cooperation.responses.submitted.service.submissions import open_rows
from cooperation.vault.commitment import commit, new_salt
from cooperation.vault.merkle import leaf_hash, root_of

Salts = Callable[[str], bytes]
"""Returns the salt of a question's commitment, where the answer needs a new one."""


@dataclass(frozen=True)
class Prepared:
    """One question of a submission, ready to be sealed."""

    question: Question
    answer: Answer
    audience: Audience
    status: AnswerStatus
    opened: OpenedAnswer
    commitment: bytes
    narrowed_at: datetime | None

    @property
    def for_manifest(self) -> ManifestAnswer:
        """What the manifest says of it."""
        return ManifestAnswer(self.question.code, self.audience, self.status, self.commitment)


@dataclass(frozen=True)
class _Before:
    """What the last submission of the same edition said of a question."""

    row: SubmittedAnswer
    opened: OpenedAnswer


@dataclass(frozen=True)
class _History:
    """The edition so far: the last submission's answers, and what the State narrowed in any."""

    last: Mapping[str, _Before]
    narrowed: Mapping[str, datetime]


@dataclass(frozen=True)
class Plan:
    """A submission of the draft as it stands, before it is sealed."""

    prepared: tuple[Prepared, ...]
    consent: ConsentSettings
    previous: Submission | None
    root: bytes


def random_salt(question: str) -> bytes:
    """Return 32 random bytes."""
    del question
    return new_salt()


def plan_submission(
    ctx: RequestContext,
    frame: Frame,
    draft: Draft,
    *,
    previous: Submission | None,
    salts: Salts = random_salt,
) -> Plan:
    """Return what a submission of this draft would hold now, and its root."""
    history = _history(ctx, frame, previous)
    facts = _facts(ctx, frame, history)
    records = with_derived(frame.questionnaire, draft.records, facts)
    consent = consent_of(frame.questionnaire, answers_of(records))
    prepared = _prepare(frame, records, consent, history, salts)
    bound = [each.for_manifest for each in prepared]
    leaves = root_leaves(frame.edition.id, frame.questionnaire.content_hash, bound)
    root = root_of([leaf_hash(leaf) for leaf in leaves])
    return Plan(tuple(prepared), consent, previous, root)


def _facts(ctx: RequestContext, frame: Frame, history: _History) -> SigningFacts:
    participants = editions.participants(ctx.session, frame.edition.id)
    names = {each.state_code: each.name for each in participants}
    signatory = accounts.person_name(ctx.session, ctx.root, ctx.actor.person_id)
    narrowed = frozenset(history.narrowed)
    return SigningFacts(names[frame.state_code], signatory, ctx.now.date(), narrowed)


def _history(ctx: RequestContext, frame: Frame, previous: Submission | None) -> _History:
    if previous is None:
        return _History({}, {})
    found = queries.answer_rows(ctx.session, (previous.id,))
    bundles = circles.open_left(ctx, sorted({row.bundle_id for row in found}))
    rows = [row for row in found if row.bundle_id in bundles]
    pairs = zip(rows, open_rows(bundles, rows), strict=True)
    return _History(
        last={row.question: _Before(row, answer) for row, answer in pairs},
        narrowed=queries.narrowed_questions(ctx.session, frame.edition.id, frame.state_code),
    )


def _prepare(
    frame: Frame,
    records: Mapping[str, DraftRecord],
    consent: ConsentSettings,
    history: _History,
    salts: Salts,
) -> list[Prepared]:
    answers = answers_of(records)
    prepared: list[Prepared] = []
    for question in frame.questionnaire.questions:
        record = records.get(question.code, DraftRecord())
        status = answer_status(question, answers)
        answer = BLANK if status is AnswerStatus.NOT_ASKED else record.answer
        audience = audience_of(question, record.mark, consent, narrowed=history.narrowed)
        last = history.last.get(question.code)
        fresh = partial(salts, question.code)
        opened = _opened(frame.edition.id, record, canonical(answer), audience, last, fresh)
        commitment = commit(opened.canonical, opened.salt)
        prepared.append(
            Prepared(
                question,
                answer,
                audience,
                status,
                opened,
                commitment,
                history.narrowed.get(question.code),
            )
        )
    return prepared


def _opened(
    edition_id: str,
    record: DraftRecord,
    content: bytes,
    audience: Audience,
    last: _Before | None,
    fresh: Callable[[], bytes],
) -> OpenedAnswer:
    """Return the answer with its salt: the old one where text and audience are those of before."""
    if last is not None and last.opened.canonical == content and last.row.audience == audience:
        return last.opened
    origin = record.origin
    if origin is None or content != canonical(record.answer):
        return OpenedAnswer(content, fresh(), edition_id)
    salt = origin.salt if origin.audience is audience else fresh()
    return OpenedAnswer(content, salt, origin.changed_in)
