"""Submitting with a passkey: it signs the root of exactly what is sealed, once, within minutes."""

import json
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from cooperation.access.context import RequestContext
from cooperation.audit.models import LogEntry
from cooperation.core.errors import PasskeyNeeded
from cooperation.editions.rules import Answer
from cooperation.responses import queries, service
from cooperation.responses.models import SubmissionApproval
from cooperation.responses.rules import Submission
from cooperation.responses.signing.service.approving import SigningOver, prepare_signing
from cooperation.responses.signing.service.signing import NotReadyError
from cooperation.vault.encoding import length_prefixed
from tests.fixtures.circles import NOW
from tests.fixtures.responses import EDITION
from tests.fixtures.signatories import SESSION, Signatory


def approval_of(signatory: Signatory, submission: Submission) -> SubmissionApproval:
    with signatory.round_.reading("signatory") as ctx:
        found = queries.approval_of(ctx.session, submission.id)
        assert found is not None
        ctx.session.expunge(found)
        return found


def test_root_that_was_shown_is_the_one_submitted(signatory: Signatory) -> None:
    signatory.prepare()
    question = signatory.question()

    submission = signatory.answer(signatory.key.get(question.options))

    assert submission is not None
    assert submission.root == question.root


def test_anyone_can_check_the_approval_from_what_is_kept(signatory: Signatory) -> None:
    submission = signatory.submit()
    kept = approval_of(signatory, submission)

    told = json.loads(kept.client_data)
    fields = ("submit/1", submission.root, EDITION, submission.state_code, kept.nonce)
    expected = sha256(length_prefixed(*fields)).digest()
    assert urlsafe_b64decode(told["challenge"] + "=") == expected
    assert told["origin"] == signatory.key.origin
    assert kept.authenticator_data[32] & 0x04
    x, y = kept.public_key[-67:-35], kept.public_key[-32:]
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + x + y)
    signed = kept.authenticator_data + sha256(kept.client_data).digest()
    point.verify(kept.signature, signed, ec.ECDSA(hashes.SHA256()))


def test_log_holds_the_hash_of_the_approval(signatory: Signatory) -> None:
    submission = signatory.submit()
    kept = approval_of(signatory, submission)

    with signatory.round_.reading("signatory") as ctx:
        logged = ctx.session.scalars(
            select(LogEntry.statement).where(LogEntry.submission == submission.id)
        ).all()
    signed = length_prefixed(kept.client_data, kept.authenticator_data, kept.signature)
    assert sha256(signed).digest() in logged


def test_changed_draft_voids_the_signature(signatory: Signatory) -> None:
    signatory.prepare()
    credential = signatory.key.get(signatory.question().options)
    signatory.round_.reopen()
    signatory.round_.save("A1", {"A-07": Answer(text="Changed meanwhile")})
    signatory.round_.ready()

    with pytest.raises(NotReadyError):
        signatory.answer(credential)


def test_answer_is_used_once(signatory: Signatory) -> None:
    signatory.prepare()
    credential = signatory.key.get(signatory.question().options)
    signatory.answer(credential)

    with pytest.raises(SigningOver):
        signatory.answer(credential)


def test_answer_of_an_earlier_signature_is_refused(signatory: Signatory) -> None:
    signatory.prepare()
    credential = signatory.key.get(signatory.question().options)
    signatory.prepare()

    assert signatory.answer(credential) is None


def test_refused_answer_submits_nothing_and_is_logged(signatory: Signatory) -> None:
    signatory.prepare()
    signatory.key.is_verifying = False
    credential = signatory.key.get(signatory.question().options)

    assert signatory.answer(credential) is None
    with signatory.round_.reading("signatory") as ctx:
        last = ctx.session.scalars(select(LogEntry.action).order_by(LogEntry.seq.desc())).first()
        home = service.response_page(ctx, edition_id=EDITION)
    assert last == "passkey.refused"
    assert home.status.value == "ready"


def test_signature_waits_five_minutes(signatory: Signatory) -> None:
    signatory.prepare()
    late = NOW + timedelta(minutes=5)

    with pytest.raises(SigningOver):
        signatory.question(late)


def test_signature_belongs_to_its_session(signatory: Signatory) -> None:
    signatory.prepare()
    signatory.session_id = "another session"

    with pytest.raises(SigningOver):
        signatory.question()


def test_code_of_an_authenticator_submits_nothing_for_who_has_a_passkey(
    signatory: Signatory,
) -> None:
    with signatory.round_.acting("signatory") as ctx:
        state = service.signing_page(ctx, edition_id=EDITION)
        with pytest.raises(PasskeyNeeded):
            service.submit_response(
                ctx, edition_id=EDITION, version=state.version, is_declared=True
            )


def test_session_without_passkey_prepares_nothing(signatory: Signatory) -> None:
    with signatory.round_.acting("signatory") as ctx:
        weak: RequestContext = replace(ctx, actor=replace(ctx.actor, is_passkey_missing=True))
        with pytest.raises(PasskeyNeeded):
            prepare_signing(
                weak,
                edition_id=EDITION,
                version=1,
                is_declared=True,
                is_court_confirmed=False,
                session_id=SESSION,
            )


def test_next_submission_is_signed_anew(signatory: Signatory) -> None:
    first = signatory.submit()
    signatory.round_.save("A1", {"A-07": Answer(text="A correction")})
    signatory.round_.ready()

    second = signatory.submit()

    assert (second.number, second.root == first.root) == (2, False)
    assert approval_of(signatory, second).nonce != approval_of(signatory, first).nonce
