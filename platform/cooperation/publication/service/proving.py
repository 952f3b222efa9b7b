"""The reader's export with proofs: each answer with what it takes to check it off-line.

Of a submission it holds its root, its log entry and the audit paths of the answers shown; nothing
that says anything of the other answers (docs/receipt.md, section 9; docs/decisions, 6).
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cooperation.access.context import RequestContext
from cooperation.audit import service as audit
from cooperation.audit.rules import Checkpoint, moment_text
from cooperation.core.errors import NotFound, Unavailable
from cooperation.core.text import _
from cooperation.publication.service.collecting import Key, ReadAnswer
from cooperation.publication.service.exporting import Download, collect_for_export
from cooperation.responses.rules import SignedSubmission, answer_leaf
from cooperation.vault.encoding import Json, canonical_json
from cooperation.vault.merkle import leaf_hash, paths_of

PROOF_KIND = "published/1"


class NothingToProveError(NotFound):
    """The reader may read no answer here, so that there is nothing to prove."""

    sentence = _("There is no answer here that can be proved.")


class NoCheckpointError(Unavailable):
    """The log has not been signed since the last of the submissions."""

    sentence = _(
        "The log is being signed just now. Try again in a minute; nothing was exported or counted."
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

    Raises `StepUpNeeded`, `NotFound`, `ExportLimitReached`, `NothingToProveError`,
    `NoCheckpointError`.
    """
    found = collect_for_export(ctx, edition_id, state_code=state_code, question_code=question_code)
    proved = {key: read for key, read in sorted(found.items()) if _reason_left_out(read) is None}
    signed = submissions_of(proved.values())
    if not signed:
        raise NothingToProveError
    checkpoint = audit.checkpoint_covering(ctx.session, max(each.entry for each in signed))
    if checkpoint is None:
        raise NoCheckpointError
    parts = {
        "published.json": canonical_json(_document(ctx, edition_id, checkpoint, found, signed))
    }
    for each in signed:
        name = f"{each.state_code}-{each.number}"
        parts[f"entry-{name}.json"] = audit.entry_bytes(ctx.session, each.entry)
        proof = audit.proof_of_entry(ctx.session, each.entry, checkpoint)
        parts[f"proof-{name}.tlog-proof"] = proof.encode()
    scope = "-".join(filter(None, (edition_id, state_code, question_code)))
    content = audit.signed_archive(ctx.settings, checkpoint.origin, parts)
    return Download(f"proofs-{scope}.zip", "application/zip", content)


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
