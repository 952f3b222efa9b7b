"""The acts of a step-up in words, for the page that asks for the factor."""

from dataclasses import dataclass

from cooperation.access.policy import Permission
from cooperation.core.text import Text, _

_ACTS: dict[Permission, Text] = {
    Permission.CHANGE_FACTORS: _("change your passkeys or recovery codes"),
    Permission.GRANT_ROLE: _("grant a role"),
    Permission.DISABLE_PERSON: _("disable an account"),
    Permission.INVITE_PERSON: _("invite a person"),
    Permission.CONFIRM_KEYRING_BACKUP: _("confirm the backup of the keyring"),
    Permission.OPEN_EDITION: _("open an edition"),
    Permission.CLOSE_EDITION: _("close an edition"),
    Permission.APPROVE_NOTE: _("approve notes verbales"),
    Permission.PRINT_CODE_LETTERS: _("make or print code letters"),
    Permission.SUBMIT_RESPONSE: _("sign and submit the response"),
    Permission.RELEASE_ANSWER: _("release an answer for publication"),
    Permission.NARROW_ANSWER: _("narrow the audience of an answer"),
    Permission.PUBLISH_ANSWER: _("publish answers"),
    Permission.EXPORT_PUBLISHED: _("export answers"),
    Permission.REVIEW_ANSWER: _("decide on an answer"),
}
_SOME_ACT = _("do something that needs your confirmation")


@dataclass(frozen=True)
class Act:
    """What a step-up is asked for: the permission and the address of the act."""

    permission: Permission
    target: str

    @property
    def name(self) -> Text:
        """The act in words, after "You are about to"."""
        return _ACTS.get(self.permission, _SOME_ACT)
