"""What a State signed: the commitments of a submission's manifest, checked before others read.

A row's own commitment proves nothing: whoever holds a bundle's key and writes to the database could
put another answer in its place. Verified manifests are remembered per process, as headers are.
"""

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cooperation.access.context import RequestContext
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.circles.rules import state_circle
from cooperation.core.errors import Broken, NotFound
from cooperation.core.row_scope import heads_of_submissions
from cooperation.core.text import _
from cooperation.responses import models, queries
from cooperation.responses.rules import (
    SUBMISSION_ACTIONS,
    OpenedAnswer,
    SubmittedAnswer,
    answers_of_manifest,
    leaves_of_manifest,
)
from cooperation.vault.commitment import commit
from cooperation.vault.errors import StatementRefused
from cooperation.vault.merkle import leaf_hash, root_of
from cooperation.vault.statements import verify_signature

SignedItem = tuple[str, str, str, bytes]
"""Submission, State, question, commitment."""

Place = tuple[str, str]
"""Instance and submission."""


class Signed(NamedTuple):
    """What a verified manifest binds."""

    edition: str
    state_code: str
    commitments: dict[str, bytes]


_verified: dict[Place, Signed] = {}
"""The submissions whose manifest this process has verified."""


class NotSignedError(Broken):
    """A submission or one of its answers is not what a signatory of the State signed."""

    sentence = _("An answer is not the one that the State signed. Nothing was shown or changed.")


def forget_manifests() -> None:
    """Start as a new process would; for tests."""
    _verified.clear()


def check_signed(
    ctx: RequestContext, items: Sequence[SignedItem], *, edition_id: str | None = None
) -> None:
    """Raise `NotSignedError` unless each State signed each commitment, in this edition if given."""
    signed = _signed(ctx, {item[0] for item in items})
    if edition_id is not None and any(each.edition != edition_id for each in signed.values()):
        raise NotSignedError
    for submission_id, state_code, question, commitment in items:
        found = signed[submission_id]
        if found.state_code != state_code or found.commitments.get(question) != commitment:
            raise NotSignedError


def check_opened(rows: Sequence[SubmittedAnswer], answers: Sequence[OpenedAnswer]) -> None:
    """Raise `NotSignedError` unless each opened answer is the one that its commitment binds."""
    for row, opened in zip(rows, answers, strict=True):
        if commit(opened.canonical, opened.salt) != row.commitment:
            raise NotSignedError


def _signed(ctx: RequestContext, submission_ids: Iterable[str]) -> dict[str, Signed]:
    instance = ctx.reader.instance
    wanted = list(submission_ids)
    new = [each for each in wanted if (instance, each) not in _verified]
    if new:
        logged = {
            (entry.submission, entry.commitment): entry.seq
            for action in SUBMISSION_ACTIONS
            for entry in audit.entries_for(ctx.session, action=action)
        }
        with heads_of_submissions(ctx.session):
            rows = queries.submissions_by_id(ctx.session, new)
        for row in rows:
            place = logged.get((row.id, row.root))
            if place is None:
                raise NotSignedError
            _verified[instance, row.id] = _verify(ctx, row, place)
    if any((instance, each) not in _verified for each in wanted):
        raise NotSignedError
    return {each: _verified[instance, each] for each in wanted}


def _verify(ctx: RequestContext, row: models.Submission, logged_at: int) -> Signed:
    """Return what a manifest binds that a person signed who was of the State at that entry."""
    try:
        circle = circles.circle_at(ctx.session, row.submitted_by, logged_at)
        key = circles.signing_key_of(ctx.session, row.submitted_by, at=logged_at)
        verify_signature(key, row.signature, row.manifest, instance=ctx.reader.instance)
    except (NotFound, StatementRefused) as failure:
        raise NotSignedError from failure
    if circle != state_circle(row.state_code):
        raise NotSignedError
    manifest = json.loads(row.manifest)
    place = (manifest["edition"], manifest["state"], manifest["number"], manifest["root"])
    if place != (row.edition_id, row.state_code, row.number, row.root.hex()):
        raise NotSignedError
    found = {each.question: each.commitment for each in answers_of_manifest(manifest)}
    if root_of([leaf_hash(leaf) for leaf in leaves_of_manifest(manifest)]) != row.root:
        raise NotSignedError
    return Signed(row.edition_id, row.state_code, found)
