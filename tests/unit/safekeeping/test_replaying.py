"""After a restore what was taken away is taken away again; each act of the log says which it is."""

from cooperation.audit.rules import ACTIONS
from cooperation.safekeeping.service.replaying import _AGAIN

GIVES_OR_TELLS = """
    genesis.signed person.invited person.activated person.admitted invitation.prepared
    invitation.printed session.started session.refused step_up.confirmed passkey.added
    passkey.refused recovery_codes.made keyring_backup.confirmed person.confirmed person.let_in
    person.confirmation_proposed access.confirmed refounding.noted founding.ended role.proposed
    act.proposed act.approved edition.closing_proposed retraction.proposed figure.proposed
    figure.released root.rotation_begun root.rotated instance.restored restore.confirmed
    answers.resealed records.checked statement.signed circle.founded circle.admitted
    circle.versioned keys.renewed dissolution.proposed recovery_sheet.made bundle.created
    bundle.granted register.loaded address.saved addresses.imported questionnaire.loaded
    edition.prepared edition.changed edition.opened dispatch.prepared dispatch.approved
    dispatch.sent note.downloaded notes.downloaded note.delivered note.acknowledged draft.started
    part.saved answer.saved answers.kept file.stored response.readied response.submitted
    response.submitted_by_one submission.printed receipt.downloaded answer.released answer.doubted
    submission.read court_answer.read court_answer.exported file.read answer.approved
    answers.approved answer.refused publication.proposed publication.published published.read
    published.exported figures.read figures.exported reading.alarm reading.undelivered mail.resent
    mail.settled
"""
"""What a restore loses, and nobody gets anything back by it."""

EVERYBODY_IS_SIGNED_OUT = "session.ended sessions.ended sessions.ended_but_one device.forgotten"
"""A restore ends every session; a known browser opens nothing by itself."""

BY_ANOTHER_ENTRY = "circle.removed dissolution.confirmed"
"""Beside it stands an entry for each person, whose account is closed again."""

OF_THE_STATE_ALONE = "answers.undone file.removed response.returned response.returning_undone"
"""A draft is as it was; only its own State reads it."""

TOLD = """
    password.changed root.retired address.deleted edition.closed
"""
"""Only people can do it again: the passphrase and the old key are nowhere; the page of the restore
and docs/operations.md say so."""

WAITS_ANEW = "dispatch.voided"
"""What was proposed waits again after a restore, and is refused or withdrawn once more."""


def test_each_act_of_the_log_is_taken_away_again_or_says_why_not():
    lists = [GIVES_OR_TELLS, EVERYBODY_IS_SIGNED_OUT, BY_ANOTHER_ENTRY, OF_THE_STATE_ALONE, TOLD]
    lists.append(WAITS_ANEW)
    named = [*_AGAIN, *" ".join(lists).split()]

    assert sorted(named) == sorted(ACTIONS)
