"""Acts on the server's keys: which there are, and what each does (design: reliability 1.5)."""

from datetime import timedelta
from enum import StrEnum

from cooperation.core.text import Text, _

KEY_ACT_LIFE = timedelta(hours=24)
"""How long an approval may be carried out."""


class KeyAct(StrEnum):
    """What an administrator proposes and a head approves."""

    ROOT_ROTATION = "root.rotation"
    RESTORE = "restore"
    KEY_DESTRUCTION = "key.destruction"

    @property
    def label(self) -> Text:
        """The act in words."""
        return _LABELS[self]


PROPOSABLE_KEY_ACTS = (KeyAct.ROOT_ROTATION, KeyAct.KEY_DESTRUCTION)
"""Those that an approval carries. A restore is confirmed afterwards (docs/decisions, 7): what was
approved before is gone with the database. Rows of earlier releases still name it.
"""

_LABELS = {
    KeyAct.ROOT_ROTATION: _("Change the root key"),
    KeyAct.RESTORE: _("Restore a backup"),
    KeyAct.KEY_DESTRUCTION: _("Destroy an old root key"),
}

KEY_ACT_EFFECTS: dict[KeyAct, tuple[Text, ...]] = {
    KeyAct.ROOT_ROTATION: (
        _("The administrator makes a new root key and wraps everything stored with it."),
        _("Nobody loses access; nothing is opened. The old key stays until it is destroyed."),
    ),
    KeyAct.RESTORE: (
        _("The administrator puts the database back to an earlier backup."),
        _("Everything saved, signed or published after that backup is gone from the platform."),
        _("People see that the log is shorter than the one they last saw."),
    ),
    KeyAct.KEY_DESTRUCTION: (
        _("The administrator destroys an old root key for good."),
        _("Backups made under that key cannot be read by anybody any more."),
    ),
}
"""What happens once a head approves, for each act on keys."""
