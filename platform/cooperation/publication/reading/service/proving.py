"""The reader's export with proofs: each answer with what it takes to check it off-line.

Of a submission it holds its root, its log entry and the audit paths of the answers shown; nothing
that says anything of the other answers (docs/receipt.md, section 9; docs/decisions, 6).
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cooperation.access.context import RequestContext
from cooperation.access.guard import require, require_step_up
from cooperation.access.policy import Permission
from cooperation.audit import service as audit
from cooperation.audit.rules import Checkpoint, moment_text
from cooperation.core.downloads import Download
from cooperation.core.errors import NotFound, Unavailable
from cooperation.core.text import _
from cooperation.publication.reading.service.collecting import Key, ReadAnswer
from cooperation.publication.reading.service.exporting import collect_for_export
from cooperation.responses.rules import SUBMISSION_ACTIONS, SignedSubmission, answer_leaf
from cooperation.vault.encoding import Json, canonical_json
from cooperation.vault.merkle import leaf_hash, paths_of

PROOF_KIND = "published/1"


class NoCheckpointError(Unavailable):
    """The log has not been signed since the last of the submissions."""

    sentence = _(
        "The log is being signed just now. Try the export again in a minute; nothing was counted."
    )


class _Tree(NamedTuple):
    """A submission's tree: by leaf its place, and by place the hashes beside its way up."""

    places: Mapping[bytes, int]
    paths: list[tuple[bytes, ...]]


def export_proofs(
    ctx: RequestContext,
    edition_id: str,
    *,
    state_code: str | None = None,
    question_code: str | None = None,
) -> Download:
    """Return what the reader may read with its proofs, of all or one State or question; log it.

    Raises `StepUpNeeded`, `ExportLimitReached`, `NoCheckpointError`, and `NotFound` too where there
    is no answer to prove.
    """
    require(ctx.actor, Permission.EXPORT_PUBLISHED)
    require_step_up(ctx.actor, Permission.EXPORT_PUBLISHED, ctx.now)
    checkpoint = _checkpoint_over(ctx, edition_id)
    found = collect_for_export(ctx, edition_id, state_code=state_code, question_code=question_code)
    proved = [read for _key, read in sorted(found.items()) if _reason_left_out(read) is None]
    signed = submissions_of(proved)
    if not signed:
        raise NotFound
    document = _document(ctx, edition_id, checkpoint, found, signed)
    parts = {"published.json": canonical_json(document), **_proofs(ctx, checkpoint, signed)}
    scope = "-".join(filter(None, (edition_id, state_code, question_code)))
    content = audit.signed_archive(ctx.settings, checkpoint.origin, parts)
    return Download(f"proofs-{scope}.zip", "application/zip", content)


def _checkpoint_over(ctx: RequestContext, edition_id: str) -> Checkpoint:
    """Return a checkpoint that holds all submissions of the edition, before anything is counted."""
    last = max(
        (
            entry.seq
            for action in SUBMISSION_ACTIONS
            for entry in audit.entries_for(ctx.session, action=action, edition=edition_id)
        ),
        default=0,
    )
    found = audit.checkpoint_covering(ctx.session, last)
    if found is None:
        raise NoCheckpointError
    return found


def _proofs(
    ctx: RequestContext, checkpoint: Checkpoint, signed: Iterable[SignedSubmission]
) -> dict[str, bytes]:
    """Return the log's entry of each submission with its proof, by the names of the parts."""
    found: dict[str, bytes] = {}
    for each in signed:
        name = f"{each.state_code}-{each.number}"
        found[f"entry-{name}.json"] = audit.entry_bytes(ctx.session, each.entry)
        proof = audit.proof_of_entry(ctx.session, each.entry, checkpoint)
        found[f"proof-{name}.tlog-proof"] = proof.encode()
    return found


def submissions_of(answers: Iterable[ReadAnswer]) -> list[SignedSubmission]:
    """Return the submissions that answers stand in, by State and number."""
    found = {each.signed.id: each.signed for each in answers if each.signed}
    return sorted(found.values(), key=lambda each: (each.state_code, each.number))


def _reason_left_out(read: ReadAnswer) -> str | None:
    """Say why an answer has no proof here."""
    if read.is_doubtful:
        return "doubtful"
    if not read.is_open:
        return "taken_back" if read.narrowed_at is None else "narrowed"
    if read.signed is None or not read.signed.is_provable:
        return "first_kind"
    return None


def _document(
    ctx: RequestContext,
    edition_id: str,
    checkpoint: Checkpoint,
    found: Mapping[Key, ReadAnswer],
    signed: list[SignedSubmission],
) -> Json:
    trees = {each.id: _tree_of(each) for each in signed}
    reasons = ((read, _reason_left_out(read)) for _key, read in sorted(found.items()))
    left_out: list[Json] = []
    answers: list[Json] = []
    for read, reason in reasons:
        if reason is None and read.signed is not None:
            answers.append(_proved(read, read.signed, trees[read.signed.id]))
        else:
            left_out.append({"state": read.state_code, "question": read.question, "why": reason})
    return {
        "kind": PROOF_KIND,
        "instance": ctx.root.instance,
        "origin": checkpoint.origin,
        "log_key": audit.log_vkey(ctx.settings, checkpoint.origin),
        "edition": edition_id,
        "submissions": [_submission(each, trees[each.id]) for each in signed],
        "answers": answers,
        "left_out": left_out,
    }


def _tree_of(signed: SignedSubmission) -> _Tree:
    leaves = signed.leaves()
    places = {leaf: place for place, leaf in enumerate(leaves)}
    return _Tree(places, paths_of(leaf_hash(leaf) for leaf in leaves))


def _submission(signed: SignedSubmission, tree: _Tree) -> Json:
    return {
        "state": signed.state_code,
        "number": signed.number,
        "submission": signed.id,
        "root": signed.root.hex(),
        "size": len(tree.paths),
    }


def _proved(read: ReadAnswer, signed: SignedSubmission, tree: _Tree) -> Json:
    leaf = signed.answers[read.question]
    place = tree.places[answer_leaf(leaf)]
    return {
        "state": read.state_code,
        "number": signed.number,
        "question": read.question,
        "audience": leaf.audience,
        "status": leaf.status,
        "commitment": read.commitment.hex(),
        "narrowed_at": None if read.narrowed_at is None else moment_text(read.narrowed_at),
        "answer": read.opened.canonical.decode(),
        "salt": read.opened.salt.hex(),
        "index": place,
        "path": [each.hex() for each in tree.paths[place]],
    }
