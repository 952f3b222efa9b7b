"""The acts of a step-up in words, for the page that asks for the factor."""

from dataclasses import dataclass

from cooperation.access.policy import Permission
from cooperation.core.text import Text, _

_ACTS: dict[Permission, Text] = {
    Permission.CHANGE_FACTORS: _("change your passkeys or recovery codes"),
    Permission.GRANT_ROLE: _("grant a role"),
    Permission.DISABLE_PERSON: _("disable an account"),
    Permission.INVITE_PERSON: _("invite a person"),
    Permission.RENEW_KEYS: _("make new keys for your institution"),
    Permission.CONFIRM_PERSON: _("confirm an account that was not used"),
    Permission.REFOUND_CIRCLE: _("let a State or an institution begin anew"),
    Permission.RETURN_ANSWERS: _("give answers back to their State"),
    Permission.KEEP_RECOVERY_SHEET: _("make or void a recovery sheet"),
    Permission.DECIDE_WAITING: _("decide on what waits for a second person"),
    Permission.CHANGE_ROLE: _("change a role"),
    Permission.PROPOSE_KEY_ACT: _("propose an act on the root key"),
    Permission.RETRACT_ANSWER: _("unpublish an answer"),
    Permission.RELEASE_TABLE: _("release figures"),
    Permission.CONFIRM_RESTORE: _("confirm a restore from a backup"),
    Permission.CONFIRM_KEYRING_BACKUP: _("confirm the backup of the keyring"),
    Permission.OPEN_EDITION: _("open an edition"),
    Permission.CLOSE_EDITION: _("close an edition"),
    Permission.APPROVE_NOTE: _("approve notes verbales"),
    Permission.PRINT_CODE_LETTERS: _("make or print code letters"),
    Permission.SUBMIT_RESPONSE: _("sign and submit the response"),
    Permission.RELEASE_ANSWER: _("release an answer for publication"),
    Permission.NARROW_ANSWER: _("narrow the audience of an answer"),
    Permission.DOWNLOAD_RECEIPT: _("download a receipt with all answers in clear"),
    Permission.PUBLISH_ANSWER: _("publish answers"),
    Permission.EXPORT_PUBLISHED: _("export answers"),
    Permission.REVIEW_ANSWER: _("decide on an answer"),
}
_ACTS_AT: dict[str, Text] = {
    "replace": _("disable an account and invite a successor"),
    "invite-anew": _("disable an account and invite its person anew"),
    "end-sessions": _("end all sessions of an account"),
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
        last = self.target.partition("?")[0].rpartition("/")[2]
        return _ACTS_AT.get(last) or _ACTS.get(self.permission, _SOME_ACT)
