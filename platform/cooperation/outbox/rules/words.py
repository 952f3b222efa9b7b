"""What people read for a mail's purpose and for why it was flagged; pure."""

from cooperation.core.text import Text, _

_PURPOSES: tuple[tuple[str, Text], ...] = (
    ("invitation", _("Invitation of a person")),
    ("note", _("Note verbale")),
    ("notice", _("Notice about an account")),
)
_REASONS: dict[str, Text] = {
    "later": _("The mail server did not take it, in eight tries within two days."),
    "refused": _("The mail server refused it, but took others: the address may be wrong."),
    "refused_with_all": _(
        "The mail server refused every mail for two days. Its settings are wrong, not the address."
    ),
    "unreadable": _("The mail is damaged on this server. It was never handed over."),
    "unknown": _("It was handed over, but no answer came. It may have arrived."),
    "restored": _("It waited in the backup that was restored. It may have left since."),
    "interrupted": _("The platform stopped while sending. It may have arrived."),
}


def purpose_label(purpose: str) -> Text:
    """Return what kind of mail it is."""
    for beginning, label in _PURPOSES:
        if purpose.partition(".")[0] == beginning:
            return label
    return _("Another mail")


def reason_label(reason: str) -> Text:
    """Return why a mail was flagged."""
    return _REASONS.get(reason, _("No reason was noted."))
