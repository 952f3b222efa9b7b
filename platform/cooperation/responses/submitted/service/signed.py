"""What a State signed: the commitments of a submission's manifest, checked before others read.

A row's own commitment proves nothing: whoever holds a bundle's key and writes to the database could
put another answer in its place. Verified manifests are remembered per process, as headers are.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from cooperation.access.context import RequestContext
from cooperation.audit import service as audit
from cooperation.audit.rules import Entry, to_milliseconds
from cooperation.circles import service as circles
from cooperation.circles.rules import state_circle
from cooperation.core.errors import Broken, NotFound
from cooperation.core.row_scope import heads_of_submissions
from cooperation.core.text import _
from cooperation.responses import models, queries
from cooperation.responses.rules import (
    SUBMISSION_ACTIONS,
    OpenedAnswer,
    SignedSubmission,
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

_verified: dict[Place, SignedSubmission] = {}
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
    signed = signed_submissions(ctx, {item[0] for item in items})
    if edition_id is not None and any(each.edition != edition_id for each in signed.values()):
        raise NotSignedError
    for submission_id, state_code, question, commitment in items:
        found = signed.get(submission_id)
        if found is None or not found.stands(state_code, question, commitment):
            raise NotSignedError


def check_opened(rows: Sequence[SubmittedAnswer], answers: Sequence[OpenedAnswer]) -> None:
    """Raise `NotSignedError` unless each opened answer is the one that its commitment binds."""
    for row, opened in zip(rows, answers, strict=True):
        if commit(opened.canonical, opened.salt) != row.commitment:
            raise NotSignedError


def signed_submissions(
    ctx: RequestContext, submission_ids: Iterable[str]
) -> dict[str, SignedSubmission]:
    """Return what States signed, by submission; without those whose manifest does not verify."""
    instance = ctx.reader.instance
    wanted = list(submission_ids)
    new = [each for each in wanted if (instance, each) not in _verified]
    if new:
        logged = _logged(ctx)
        with heads_of_submissions(ctx.session):
            rows = queries.submissions_by_id(ctx.session, new)
        for row in rows:
            entry = logged.get((row.id, row.root))
            found = None if entry is None else _verify(ctx, row, entry)
            if found is not None:
                _verified[instance, row.id] = found
    known = ((each, _verified.get((instance, each))) for each in wanted)
    return {each: found for each, found in known if found is not None}


def _logged(ctx: RequestContext) -> dict[tuple[str | None, bytes | None], Entry]:
    """Return the first entry of each submission and root: the same once more moves nothing."""
    entries = [
        entry
        for action in SUBMISSION_ACTIONS
        for entry in audit.entries_for(ctx.session, action=action)
    ]
    entries.sort(key=lambda entry: entry.seq, reverse=True)
    return {(entry.submission, entry.commitment): entry for entry in entries}


def _verify(ctx: RequestContext, row: models.Submission, entry: Entry) -> SignedSubmission | None:
    """Return what a manifest binds that a person signed who was of the State at that entry.

    The time that she signed is the entry's: nobody files on another day than the log says.
    """
    try:
        circle = circles.circle_at(ctx.session, row.submitted_by, entry.seq)
        key = circles.signing_key_of(ctx.session, row.submitted_by, at=entry.seq)
        verify_signature(key, row.signature, row.manifest, instance=ctx.reader.instance)
    except (NotFound, StatementRefused):
        return None
    if circle != state_circle(row.state_code):
        return None
    manifest = json.loads(row.manifest)
    place = (manifest["edition"], manifest["state"], manifest["number"], manifest["root"])
    if place != (row.edition_id, row.state_code, row.number, row.root.hex()):
        return None
    submitted_at = datetime.fromisoformat(manifest["submitted_at"])
    if to_milliseconds(submitted_at) != entry.at:
        return None
    if root_of([leaf_hash(leaf) for leaf in leaves_of_manifest(manifest)]) != row.root:
        return None
    return SignedSubmission(
        id=row.id,
        kind=manifest["kind"],
        edition=row.edition_id,
        questionnaire_hash=manifest["questionnaire"],
        state_code=row.state_code,
        number=row.number,
        submitted_at=submitted_at,
        root=row.root,
        entry=entry.seq,
        answers={each.question: each for each in answers_of_manifest(manifest)},
    )
