"""What must be there before an edition opens; the steps of set-up (reliability 1.4)."""

from dataclasses import dataclass

from cooperation.access.rules import Role
from cooperation.core.text import Text, _

SECRETARIAT_MEMBERS_NEEDED = 2
SECRETARIAT_MEMBERS_ADVISED = 3
LOCKOUT_TITLE = _("Invite a second head")
LOCKOUT_NOTE = _(
    "If the only head loses her passphrase, nobody can let anybody in. Have two heads and at least "
    "three people in the Secretariat."
)


@dataclass(frozen=True)
class Founding:
    """Who has an active account, and whether the keyring's backup was confirmed.

    `is_keyring_changed`: there is a backup, but the root key was rotated since.
    """

    secretariat_members: int
    heads: int
    court_members: int
    keyring_backup_confirmed: bool
    is_keyring_changed: bool = False

    @property
    def missing(self) -> tuple[Text, ...]:
        """What keeps an edition from being opened, in words; empty when nothing does."""
        found: list[Text] = []
        if self.heads < 1:
            found.append(_("An active head of the Secretariat."))
        if self.is_secretariat_alone:
            found.append(_("A second active person of the Secretariat."))
        if self.court_members < 1:
            found.append(_("An active person of the Court."))
        if self.is_keyring_changed:
            found.append(_("A confirmed backup of the new keyring: the root key has changed."))
        elif not self.keyring_backup_confirmed:
            found.append(_("A confirmed backup of the keyring."))
        return tuple(found)

    @property
    def is_only_keyring_missing(self) -> bool:
        """Whether all is there but a backup of the keyring that a rotation has made."""
        return self.is_keyring_changed and len(self.missing) == 1

    @property
    def is_secretariat_alone(self) -> bool:
        """Whether the Secretariat's second person is still missing."""
        return self.secretariat_members < SECRETARIAT_MEMBERS_NEEDED

    @property
    def is_lockout_near(self) -> bool:
        """Whether one lost passphrase may shut everybody out: one head, or fewer than three."""
        is_thin = self.heads == 1 or self.secretariat_members < SECRETARIAT_MEMBERS_ADVISED
        return self.heads > 0 and is_thin

    @property
    def is_complete(self) -> bool:
        """Whether an edition may be opened."""
        return not self.missing


@dataclass(frozen=True)
class SetUpStep:
    """One line of the set-up page; `role` is whom to invite, none for the backup."""

    title: Text
    note: Text
    role: Role | None
    is_needed: bool


SET_UP_STEPS: tuple[SetUpStep, ...] = (
    SetUpStep(
        _("A second person of the Secretariat"),
        _("From the first edition on, two people act: one prepares or proposes, another decides."),
        Role.OFFICER,
        is_needed=True,
    ),
    SetUpStep(
        _("The first person of the Court"),
        _("She founds the Court's circle, whose key nobody else holds, and invites the others."),
        Role.COURT_READER,
        is_needed=True,
    ),
    SetUpStep(
        _("An administrator"),
        _("Disables accounts and keeps the backups; never opens content."),
        Role.ADMINISTRATOR,
        is_needed=False,
    ),
    SetUpStep(
        _("An auditor"),
        _("Reads the log and nothing else."),
        Role.AUDITOR,
        is_needed=False,
    ),
    SetUpStep(
        _("The first co-facilitator"),
        _("Founds the co-facilitators' circle and invites the other."),
        Role.CO_FACILITATOR,
        is_needed=False,
    ),
    SetUpStep(
        _("A backup of the keyring"),
        _("Without the keyring the database opens for nobody, not even with every password."),
        None,
        is_needed=True,
    ),
)
