"""Changes of an account that its person is told of by mail, in words (reliability 1.2)."""

from enum import StrEnum

from cooperation.core.text import Text, _


class FactorChange(StrEnum):
    """What happened to a second factor."""

    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    PASSKEY_REFUSED = "passkey_refused"
    AUTHENTICATOR_REPLACED = "authenticator_replaced"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODE_USED = "recovery_code_used"

    @property
    def sentence(self) -> Text:
        """What the mail says."""
        return _SENTENCES[self]


_SENTENCES = {
    FactorChange.PASSKEY_ADDED: _("A passkey was added to your account."),
    FactorChange.PASSKEY_REMOVED: _("A passkey was removed from your account."),
    FactorChange.PASSKEY_REFUSED: _(
        "A passkey of your account was refused, because it seems to have been copied."
    ),
    FactorChange.AUTHENTICATOR_REPLACED: _("The authenticator of your account was replaced."),
    FactorChange.RECOVERY_CODES_MADE: _(
        "New recovery codes were made for your account. The old ones are void."
    ),
    FactorChange.RECOVERY_CODE_USED: _("A recovery code was used to sign in to your account."),
}
