"""Where a process takes its root keys from: the keyring file, or the environment.

What stands in the database's row of the instance tells the right key from any other. The
environment's form does not say which instance it belongs to; the database does.
"""

from cooperation.circles import service as circles
from cooperation.core.db import Database
from cooperation.core.errors import Broken
from cooperation.core.settings import Settings
from cooperation.core.text import _
from cooperation.vault.keyring import keyring_from_text, load_keyring
from cooperation.vault.root import RootKeys


class InstanceMissing(Broken):
    """The root key is in the environment, but the database was never set up."""

    sentence = _("The database holds no instance: run `flask --app app init`.")


def open_root(settings: Settings, database: Database) -> RootKeys:
    """Return the root keys of the instance in this database, which follow their keyring's file.

    Raises `KeyringRefused`, `InstanceMissing`, `InstanceUnknownError` for the keys of another.
    """
    if settings.root_key is None:
        root = follow(load_keyring(settings.keyring_path), database)
    with database.reading() as session:
        instance = circles.instance_id(session)
        if instance is None:
            raise InstanceMissing
        if settings.root_key is not None:
            root = keyring_from_text(settings.root_key.get_secret_value(), instance=instance)
        circles.check_instance(session, root)
    return root


def follow(root: RootKeys, database: Database) -> RootKeys:
    """Let root keys believe a keyring put in the place of theirs only where it is this database's.

    Any other is answered like one that is away, until the right one is back.
    """

    def is_ours(found: RootKeys) -> bool:
        with database.reading() as session:
            return circles.is_root_of(session, found)

    root.believe_only(is_ours)
    return root
