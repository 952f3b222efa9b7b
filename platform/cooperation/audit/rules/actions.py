"""The log's whole vocabulary: code `noun.verb_past` and what people read. Add your lines here."""

from cooperation.core.text import Text, _

ACTIONS: dict[str, Text] = {
    # accounts
    "genesis.signed": _("First head's keys founded the directory"),
    "person.invited": _("Person invited"),
    "person.activated": _("Account activated"),
    "person.admitted": _("Person admitted to a circle"),
    "person.removed": _("Person removed from a circle"),
    "person.disabled": _("Account disabled"),
    "invitation.voided": _("Invitation voided"),
    "invitation.prepared": _("State invitation prepared"),
    "invitation.printed": _("Code letters confirmed as printed"),
    "role.granted": _("Role granted"),
    "session.started": _("Signed in"),
    "session.refused": _("Sign-in refused"),
    "session.ended": _("Session ended"),
    "sessions.ended": _("All sessions ended"),
    "sessions.ended_but_one": _("All other sessions ended"),
    "device.forgotten": _("Known browser forgotten"),
    "step_up.confirmed": _("Fresh second factor given"),
    "passkey.added": _("Passkey added"),
    "passkey.removed": _("Passkey removed"),
    "passkey.refused": _("Passkey refused"),
    "recovery_code.used": _("Recovery code used"),
    "recovery_codes.made": _("Recovery codes made"),
    "keyring_backup.confirmed": _("Backup of the keyring confirmed"),
    "person.confirmed": _("Unused account confirmed by a colleague"),
    "person.let_in": _("Unused account let in: nobody was there to confirm it"),
    "person.confirmation_proposed": _("Confirmation of an unused account proposed"),
    "password.changed": _("Password changed"),
    "access.confirmed": _("List of who has access confirmed"),
    "refounding.noted": _("Note of a lost institution recorded"),
    # two persons
    "founding.ended": _("Founding ended: roles are granted by two persons from now on"),
    "role.proposed": _("Change of role proposed, waiting for a second person"),
    "grant.confirmed": _("Role confirmed by a second person"),
    "act.proposed": _("Act proposed, waiting for a second person"),
    "act.approved": _("Act approved by a second person"),
    "act.refused": _("Act refused by a second person, with a reason"),
    "act.withdrawn": _("Proposed act withdrawn"),
    "act.used": _("Approved act carried out"),
    "edition.closing_proposed": _("Closing of an edition proposed"),
    "edition.closing_withdrawn": _("Proposed closing of an edition withdrawn"),
    "retraction.proposed": _("Taking back a publication proposed"),
    "retraction.voided": _("Taking back a publication refused, withdrawn or void"),
    "answer.retracted": _("Published answer taken back as published in error"),
    "figure.proposed": _("Release of a protected table proposed"),
    "figure.voided": _("Release of a protected table refused, withdrawn or void"),
    "figure.released": _("Protected table released"),
    # root key
    "root.rotation_begun": _("Rotation of the root key begun"),
    "root.rotated": _("Rotation of the root key completed"),
    "root.retired": _("Old version of the root key destroyed"),
    # restores
    "instance.restored": _("Platform restored from a backup"),
    "restore.confirmed": _("Restore confirmed by a head"),
    "answers.resealed": _("Answers narrowed before a restore sealed again"),
    "records.checked": _("Own records checked"),
    # circles
    "statement.signed": _("Directory statement signed"),
    "circle.founded": _("Circle founded"),
    "circle.admitted": _("Circle admitted to the assembly"),
    "circle.versioned": _("Circle given new keys"),
    "circle.removed": _("Circle removed from the assembly"),
    "keys.renewed": _("Person given new keys"),
    "dissolution.proposed": _("End of a circle proposed"),
    "dissolution.confirmed": _("End of a circle confirmed by a second person"),
    "recovery_sheet.made": _("Recovery sheet made"),
    "recovery_sheet.voided": _("Recovery sheet voided"),
    "recovery_sheet.used": _("Recovery sheet used"),
    "bundle.created": _("Bundle created"),
    "bundle.granted": _("Audience of a bundle widened"),
    "bundle.destroyed": _("Bundle destroyed"),
    # register
    "register.loaded": _("Register of States Parties loaded"),
    "address.saved": _("Address saved"),
    "address.deleted": _("Address deleted"),
    "addresses.imported": _("Addresses imported"),
    # editions
    "questionnaire.loaded": _("Questionnaire loaded"),
    "edition.prepared": _("Edition prepared"),
    "edition.changed": _("Edition changed"),
    "edition.opened": _("Edition opened"),
    "edition.closed": _("Edition closed"),
    # invitations (notes verbales)
    "dispatch.prepared": _("Notes verbales prepared"),
    "dispatch.approved": _("Notes verbales approved"),
    "dispatch.voided": _("Notes verbales voided"),
    "dispatch.sent": _("Notes verbales sent"),
    "note.downloaded": _("Note verbale downloaded"),
    "notes.downloaded": _("Notes verbales downloaded"),
    "note.delivered": _("Delivery of a note verbale recorded"),
    "note.acknowledged": _("Note verbale acknowledged"),
    # responses
    "draft.started": _("Draft started"),
    "part.saved": _("Part saved"),
    "answer.saved": _("Answer saved"),
    "answers.kept": _("Last year's answers kept"),
    "answers.undone": _("Undone: answers as they were before"),
    "file.stored": _("File stored"),
    "file.removed": _("File removed"),
    "response.readied": _("Response marked ready for signature"),
    "response.returned": _("Response reopened"),
    "response.returning_undone": _("Undone: response marked ready as before"),
    "response.submitted": _("Response signed and submitted"),
    "response.submitted_by_one": _("Response prepared, signed and submitted by one person"),
    "submission.printed": _("Submission downloaded as a PDF"),
    "receipt.downloaded": _("Receipt of a submission downloaded"),
    "answer.narrowed": _("Answer narrowed"),
    "answer.released": _("Approved answer released by the State"),
    "answer.doubted": _("Answer not shown: it is not what its State signed"),
    "submission.read": _("Submission of another institution read"),
    "court_answer.read": _("Answers for the Court read"),
    "court_answer.exported": _("Answers for the Court exported"),
    "file.read": _("File of another institution read"),
    # review
    "answer.approved": _("Answer approved"),
    "answers.approved": _("Answers approved"),
    "answer.refused": _("Answer refused with a reason"),
    # publication
    "publication.proposed": _("Publication proposed"),
    "publication.voided": _("Publication proposal voided"),
    "publication.published": _("Answers published"),
    "published.read": _("Published answers read"),
    "published.exported": _("Published answers exported"),
    # analysis
    "figures.read": _("Figures read"),
    "figures.exported": _("Figures exported"),
    "reading.alarm": _("Unusually many answers opened within ten minutes"),
    "reading.undelivered": _("Reading not delivered: it does not count as read"),
    # mails
    "mail.resent": _("Mail that failed sent again"),
    "mail.settled": _("Mail that failed marked as settled"),
}

READINGS = frozenset(code for code in ACTIONS if code.endswith((".read", ".exported")))
"""Acts in which "all" means what the reader could read, and no more."""

UNDELIVERED = "reading.undelivered"
"""What an entry named did not reach its reader; `version` is the number of that entry."""

DELIVERIES = READINGS | {
    "receipt.downloaded",
    "submission.printed",
    "note.downloaded",
    "notes.downloaded",
}
"""Acts that are over when an answer has left the server."""

OPENINGS = frozenset(code for code in READINGS if not code.startswith("figures."))
"""Readings that show answers themselves; a figure shows counts."""
