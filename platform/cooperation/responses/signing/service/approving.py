"""Submitting with a passkey: it signs the root of exactly these answers (reliability 2).

First the root is computed and shown with a question to the passkey; the answer then makes the
submission, if the draft still gives the same root. The salts of the commitments are made from a
nonce under a key of the signatory's, so they are the same both times and stand nowhere. Question:
`SHA-256(LP("submit/1", root, edition, State, nonce))`; five minutes, in one session, once.
"""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

import sqlalchemy as sa

from cooperation.access.context import RequestContext
from cooperation.access.policy import Permission
from cooperation.accounts import service as accounts
from cooperation.core.errors import Conflict, PasskeyNeeded
from cooperation.core.failpoints import reach
from cooperation.core.text import _
from cooperation.responses import models, queries
from cooperation.responses.drafting.service.frame import Frame, find_frame
from cooperation.responses.rules import Submission
from cooperation.responses.signing.service.planning import Plan, Salts, plan_submission
from cooperation.responses.signing.service.sealing import seal_submission
from cooperation.responses.signing.service.signing import (
    NotReadyError,
    SigningPage,
    fit_state,
    note_submitted,
    signing_page,
)
from cooperation.vault.encoding import length_prefixed
from cooperation.vault.passkeys import Assertion, challenge_of, new_nonce

SIGNING_LIFE = timedelta(minutes=5)
_SALT_PURPOSE = "submission-salt/1"


class SigningOver(Conflict):
    """Nothing is prepared for this signature, or not any more."""

    sentence = _("This signature took longer than five minutes, or was used. Begin it again.")


@dataclass(frozen=True)
class SigningQuestion:
    """What the signatory sees before she touches her passkey."""

    state: SigningPage
    root: bytes
    options: str


def prepare_signing(
    ctx: RequestContext,
    *,
    edition_id: str,
    version: int,
    is_declared: bool,
    is_court_confirmed: bool,
    session_id: str,
) -> None:
    """Compute the root of what is about to be signed and keep it for five minutes.

    Raises `PasskeyNeeded`, `NotReadyError`, `EditionClosedError`, `Invalid`.
    """
    frame = find_frame(ctx, edition_id, Permission.SUBMIT_RESPONSE, for_writing=True)
    _require_passkey(ctx)
    state = fit_state(
        ctx, frame, version=version, is_declared=is_declared, is_court_confirmed=is_court_confirmed
    )
    nonce = new_nonce()
    plan = _plan(ctx, frame, state, nonce)
    _forget(ctx, frame)
    ctx.session.add(
        models.PreparedSigning(
            response_id=frame.begun.id,
            person_id=ctx.actor.person_id,
            session_id=session_id,
            response_version=version,
            is_court_confirmed=is_court_confirmed,
            root=plan.root,
            nonce=nonce,
            ends_at=ctx.now + SIGNING_LIFE,
        )
    )
    ctx.session.flush()
    reach("signing.prepared")


def signing_question(ctx: RequestContext, *, edition_id: str, session_id: str) -> SigningQuestion:
    """Return the prepared root with the question to the passkey; raises `SigningOver`."""
    frame = find_frame(ctx, edition_id, Permission.SUBMIT_RESPONSE)
    _require_passkey(ctx)
    row = _prepared_row(ctx, frame, session_id)
    options = accounts.approval_options(ctx, _challenge(frame, row))
    return SigningQuestion(signing_page(ctx, edition_id=edition_id), row.root, options)


def submit_with_passkey(
    ctx: RequestContext, *, edition_id: str, credential: str, session_id: str
) -> Submission | None:
    """Submit what was prepared, approved by the passkey; None where its answer was refused.

    A refusal is logged, so it is committed; the signature is begun again after it. Raises
    `SigningOver`, `NotReadyError` where the draft is not the one that was prepared any more.
    """
    frame = find_frame(ctx, edition_id, Permission.SUBMIT_RESPONSE, for_writing=True)
    _require_passkey(ctx)
    row = _prepared_row(ctx, frame, session_id)
    challenge, nonce = _challenge(frame, row), row.nonce
    _forget(ctx, frame)
    state = fit_state(
        ctx,
        frame,
        version=row.response_version,
        is_declared=True,
        is_court_confirmed=row.is_court_confirmed,
    )
    plan = _plan(ctx, frame, state, nonce)
    if plan.root != row.root:
        raise NotReadyError
    assertion = accounts.check_approval(ctx, credential, challenge)
    if assertion is None:
        return None
    submission = seal_submission(ctx, frame, state.draft, plan, approval=_hash_of(assertion))
    _keep(ctx, submission, nonce, assertion)
    reach("submission.passkey_kept")
    note_submitted(ctx, frame)
    return submission


def _require_passkey(ctx: RequestContext) -> None:
    if ctx.actor.is_passkey_missing or not ctx.reader.passkeys:
        raise PasskeyNeeded


def _plan(ctx: RequestContext, frame: Frame, state: SigningPage, nonce: bytes) -> Plan:
    salts = _salts(ctx, nonce)
    return plan_submission(ctx, frame, state.draft, previous=state.previous, salts=salts)


def _salts(ctx: RequestContext, nonce: bytes) -> Salts:
    """Return salts that only the signatory can make, different for each signature begun."""

    def salt(question: str) -> bytes:
        return ctx.reader.keyed_hash(_SALT_PURPOSE, length_prefixed(nonce, question))

    return salt


def _challenge(frame: Frame, row: models.PreparedSigning) -> bytes:
    return challenge_of("submit/1", row.root, frame.edition.id, frame.state_code, row.nonce)


def _prepared_row(ctx: RequestContext, frame: Frame, session_id: str) -> models.PreparedSigning:
    row = queries.prepared_signing(ctx.session, frame.begun.id, ctx.actor.person_id)
    if row is None or row.session_id != session_id or row.ends_at <= ctx.now:
        raise SigningOver
    return row


def _forget(ctx: RequestContext, frame: Frame) -> None:
    """Delete what this person prepared for this response, and what nobody can use any more."""
    table = models.PreparedSigning
    is_own = sa.and_(table.response_id == frame.begun.id, table.person_id == ctx.actor.person_id)
    ctx.session.execute(
        sa.delete(table)
        .where(sa.or_(is_own, table.ends_at <= ctx.now))
        .execution_options(synchronize_session=False)
    )


def _hash_of(assertion: Assertion) -> bytes:
    signed = length_prefixed(
        assertion.client_data, assertion.authenticator_data, assertion.signature
    )
    return sha256(signed).digest()


def _keep(ctx: RequestContext, submission: Submission, nonce: bytes, assertion: Assertion) -> None:
    ctx.session.add(
        models.SubmissionApproval(
            submission_id=submission.id,
            state_code=submission.state_code,
            nonce=nonce,
            credential_id=assertion.credential_id,
            public_key=assertion.public_key,
            client_data=assertion.client_data,
            authenticator_data=assertion.authenticator_data,
            signature=assertion.signature,
        )
    )
    ctx.session.flush()
