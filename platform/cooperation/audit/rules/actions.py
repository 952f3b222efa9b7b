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
    "device.forgotten": _("Known browser forgotten"),
    "step_up.confirmed": _("Fresh second factor given"),
    "keyring_backup.confirmed": _("Backup of the keyring confirmed"),
    "person.confirmed": _("Unused account confirmed by a colleague"),
    "person.confirmation_proposed": _("Confirmation of an unused account proposed"),
    "password.changed": _("Password changed"),
    "access.confirmed": _("List of who has access confirmed"),
    "refounding.noted": _("Note of a lost institution recorded"),
    # circles
    "statement.signed": _("Directory statement signed"),
    "circle.founded": _("Circle founded"),
    "circle.admitted": _("Circle admitted to the assembly"),
    "circle.versioned": _("Circle given new keys"),
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
    "file.stored": _("File stored"),
    "file.removed": _("File removed"),
    "response.readied": _("Response marked ready for signature"),
    "response.returned": _("Response returned to drafting"),
    "response.submitted": _("Response signed and submitted"),
    "response.submitted_by_one": _("Response prepared, signed and submitted by one person"),
    "answer.narrowed": _("Answer narrowed"),
    "answer.released": _("Approved answer released by the State"),
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
}

READINGS = frozenset(code for code in ACTIONS if code.endswith((".read", ".exported")))
"""Acts in which "all" means what the reader could read, and no more."""
