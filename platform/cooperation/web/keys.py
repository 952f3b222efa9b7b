"""Where a process takes its root keys from: the keyring file, or the environment.

The environment's form does not say which instance it belongs to; the database does.
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
    """Return the instance's root keys; raises `KeyringRefused` or `InstanceMissing`."""
    if settings.root_key is None:
        return load_keyring(settings.keyring_path)
    with database.reading() as session:
        instance = circles.instance_id(session)
    if instance is None:
        raise InstanceMissing
    return keyring_from_text(settings.root_key.get_secret_value(), instance=instance)
