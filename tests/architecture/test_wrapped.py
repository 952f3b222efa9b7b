"""What the root key wraps is listed for its rotation; nothing is forgotten (core/wrapped.py).

Two readings against each other: every call in the source that wraps, and every column of bytes in
the tables. A new column of bytes fails here until its slice lists it in `WRAPPED`, or its name is
written below with the reason why rotation leaves it alone.
"""

import ast
import importlib
from pathlib import Path
from types import ModuleType

import pytest
import sqlalchemy as sa

from cooperation.access.rows import RULES
from cooperation.core.db import Base
from cooperation.core.row_scope import Duty
from cooperation.operation.rotation import TABLES

PLATFORM = Path(__file__).parents[2] / "platform"

PUBLIC = """
    approvals.commitment bundles.key_id bundles.signature checkpoints.root
    circle_versions.public_key
    editions.prepared_hash instances.root_check invitation_keys.sealing_key
    invitation_keys.signing_key log_entries.canonical log_entries.commitment
    log_entries.statement log_nodes.hash members.sealing_key note_batches.annex
    note_dispatches.content passkey_challenges.act_hash passkey_challenges.nonce
    passkeys.credential_id passkeys.public_key prepared_signings.nonce prepared_signings.root
    proposal_items.commitment published_answers.commitment
    questionnaires.content recovery_sheets.sealing_key
    releases.commitment reopenings.ready_hash responses.ready_hash retractions.commitment
    statements.encoded submission_answers.commitment
    submission_approvals.authenticator_data submission_approvals.client_data
    submission_approvals.credential_id submission_approvals.nonce
    submission_approvals.public_key submission_approvals.signature submissions.manifest
    submissions.root submissions.signature waiting_acts.shown_hash
"""
"""Public keys, signatures, hashes and papers that go out: in the clear by design."""

OTHERWISE_SEALED = """
    approvals.sealed_reason circle_versions.sealed_previous draft_answer_versions.sealed
    invitation_keys.sealed_package memberships.sealed_key outcomes.fingerprint outcomes.reply
    published_answers.sealed published_file_chunks.sealed published_files.header
    recovery_codes.keyed_hash recovery_codes.salt released_tables.sealed
    reopenings.sealed_reason response_file_chunks.sealed response_files.header
    retractions.sealed_reason submission_answers.sealed
"""
"""Sealed under content keys, circles' keys or a member's own; the root key is not in it."""

SHORT_LIVED = """
    attempts.subject devices.secret_lookup enrolments.sealed pending_sign_ins.origin
    pending_sign_ins.sealed sessions.sealed
"""
"""Found or opened with the root key and over by themselves: at a rotation sessions end, tries count
on under both versions, a known browser gets its new value at the next sign-in."""

NEVER_READ = """
    mails.payload_mac
"""
"""A keyed hash that nothing is looked up by; its text is erased once the mail has left."""


WORDS = """
    access_reviews.circle addresses.kind addresses.language approvals.decision
    attempts.kind attempts.scope bundles.acting bundles.kind bundles.parties
    circle_versions.circle editions.series editions.status log_entries.action
    log_entries.institution log_entries.role mails.purpose mails.reason mails.status
    member_cases.kind member_cases.subject
    memberships.member note_batches.language note_batches.reply_languages note_batches.status
    passkey_challenges.purpose passkeys.transports people.institution people.language
    people.status
    person_invitations.institution person_invitations.kind person_invitations.role
    person_invitations.status published_answers.status recovery_sheets.circle
    responses.done_parts responses.status sessions.factor
    submission_answers.audience submission_answers.bundle_kind submission_answers.status
    submissions.d01 submissions.d03 submissions.d04 waiting_acts.institution waiting_acts.kind
    waiting_acts.roles waiting_acts.status
"""
"""Words of the platform's own lists: states, kinds, roles, languages, circles, choices."""

PLACES = """
    access_reviews.edition_id approvals.question approvals.state_code bundles.edition bundles.state
    draft_answers.question edition_participants.regional_group editions.id log_entries.edition
    log_entries.questions log_entries.states membership_events.kind membership_events.state_code
    note_dispatches.state_code note_dispatches.state_group people.state_code
    person_invitations.state_code printed_letters.state_code proposal_items.question
    proposal_items.state_code published_answers.question published_answers.state_code
    published_files.question published_files.state_code questionnaires.version
    released_tables.question releases.question releases.state_code response_files.question
    response_files.state_code responses.state_code restore_losses.edition_id
    restore_losses.state_code retractions.question retractions.state_code states.code
    states.regional_group submission_answers.question submission_answers.state_code
    submission_approvals.state_code submissions.state_code
    waiting_acts.subject
"""
"""Codes of States, groups, editions and questions; of an act also the id of whom it is about."""

MADE = """
    cosignatures.line cosignatures.witness checkpoints.note checkpoints.origin devices.browser
    draft_answers.page_key enrolments.id event_browsers.browser event_browsers.request_id
    log_entries.request_id
    note_batches.annex_sha256 note_batches.content_hash note_dispatches.sha256 outcomes.key
    outcomes.location passkey_challenges.owner pending_sign_ins.id questionnaires.content_hash
    restores.summary sessions.browser sessions.id
"""
"""Made by the platform: keyed names, hashes, notes of the log, counts, kinds of browsers, the
address of a page of its own."""

OUTGOING = """
    edition_participants.name membership_events.instrument membership_events.note
    note_batches.changes note_batches.co_facilitators note_batches.mandate note_batches.reference
    note_dispatches.addressee note_dispatches.addressee_lines note_dispatches.addressee_short
    note_dispatches.state_name states.formal_name_with_article states.name_en states.name_es
    states.name_fr
"""
"""The public register, and what is typed to be printed in notes verbales to all States."""

IN_THE_CLEAR = """
    addresses.place
"""
"""Typed, and told in docs/security.md: the town of a post, by which a list finds it again."""

ID_CHARACTERS = 36
"""A column of this length holds a random id and nothing else."""


def columns_of_text() -> set[str]:
    """Every column of words but those that refer to another, whose words stand there."""
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, sa.String | sa.JSON)
        and not column.foreign_keys
        and getattr(column.type, "length", None) != ID_CHARACTERS
    }


def test_every_column_of_text_says_why_it_stands_in_the_clear():
    """What people type is sealed or wrapped, in columns of bytes; the rest is listed above."""
    listed = [set(text.split()) for text in (WORDS, PLACES, MADE, OUTGOING, IN_THE_CLEAR)]

    assert columns_of_text() == set().union(*listed)
    assert sum(map(len, listed)) == len(columns_of_text()), "a column stands in two lists"


def columns_of_bytes() -> set[str]:
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, sa.LargeBinary)
    }


def wrapped_columns() -> set[str]:
    return {f"{table.name}.{column}" for table in TABLES for column in table.kinds}


def looked_up_columns() -> set[str]:
    return {f"{table.name}.{each.column}" for table in TABLES for each in table.lookups}


def test_every_column_of_bytes_is_wrapped_anew_or_has_a_reason_not_to_be():
    reasons = [set(text.split()) for text in (PUBLIC, OTHERWISE_SEALED, SHORT_LIVED, NEVER_READ)]
    listed = [wrapped_columns(), looked_up_columns(), *reasons]

    assert columns_of_bytes() == set().union(*listed)
    assert sum(map(len, listed)) == len(columns_of_bytes()), "a column stands in two lists"


def _value(node: ast.expr, module: ModuleType) -> str | None:
    """Return what a literal or a name of the module stands for."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    return getattr(module, node.id, None) if isinstance(node, ast.Name) else None


def _wraps_in(path: Path) -> list[tuple[str, str | None, str | None]]:
    """Return place, table and kind of each call that wraps."""
    name = ".".join(path.relative_to(PLATFORM).with_suffix("").parts)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).rpartition(".")[2] in {"wrap", "wrap_text"}
    ]
    module = importlib.import_module(name.removesuffix(".__init__")) if calls else None
    found = []
    for call in calls:
        words = {word.arg: word.value for word in call.keywords}
        if module is not None and {"table", "kind"} <= words.keys():
            table, kind = (_value(words[each], module) for each in ("table", "kind"))
            found.append((f"{path.name}:{call.lineno}", table, kind))
    return found


def test_every_call_that_wraps_is_of_a_listed_column():
    listed = {(table.name, kind) for table in TABLES for kind in table.kinds.values()}
    ours = {"rotation.py", "wrapped.py"}  # they wrap what others name
    calls = [
        call
        for path in sorted((PLATFORM / "cooperation").rglob("*.py"))
        if path.name not in ours
        for call in _wraps_in(path)
    ]

    assert [place for place, table, kind in calls if (table, kind) not in listed] == []
    assert {(table, kind) for _place, table, kind in calls} == listed


def test_every_slice_that_lists_wrapped_columns_takes_part():
    listing = {
        path.parent.name
        for path in (PLATFORM / "cooperation").glob("*/models.py")
        if "\nWRAPPED = " in path.read_text(encoding="utf-8")
    }

    tables = {table.name for table in TABLES}
    for slice_ in listing:
        models = importlib.import_module(f"cooperation.{slice_}.models")
        assert {table.name for table in models.WRAPPED} <= tables, slice_


@pytest.mark.parametrize("table", [each.name for each in TABLES if each.name in RULES])
def test_the_command_reaches_every_wrapped_row_under_row_security(table):
    rule = RULES[table]

    for conditions in (rule.read, rule.write):
        text = " ".join(conditions)
        reaches = str(Duty.COMMAND) in text or "bundles parent" in text
        assert reaches, f"{table}: the duty of commands"
