"""Make an instance: folder, keyring, database, register, the first head's two halves.

Everything that is already there stays as it is, so that a start that was interrupted goes on.
"""

from dataclasses import dataclass
from pathlib import Path

from cooperation.accounts import service as accounts
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.core import schema
from cooperation.core.clock import Clock
from cooperation.core.db import Database, Session, make_engine
from cooperation.core.ids import new_id
from cooperation.core.row_scope import COMMANDING
from cooperation.core.settings import Mode, Settings
from cooperation.core.text import _
from cooperation.register import service as register
from cooperation.typeset.texts import organisation_name
from cooperation.vault.errors import KeyringRefused
from cooperation.vault.keyring import create_keyring, keyring_from_text, load_keyring
from cooperation.vault.pdf_seal import open_seal
from cooperation.vault.root import RootKeys
from cooperation.web.keys import follow
from cooperation.web.tables import bring_up_to_date

RECORD = "demo.json"
"""Who can sign in to a demonstration, in its folder: what is built with it is no real instance."""


def is_demonstration(settings: Settings) -> bool:
    """Tell whether the folder holds a finished demonstration."""
    return (settings.instance_path / RECORD).is_file()


@dataclass(frozen=True)
class Founded:
    """An instance that can be served; `first_invitation` is (link, code) where it was just made.

    `copy` is the database as it was before an upgrade that has just been made.
    """

    database: Database
    root: RootKeys
    first_invitation: tuple[str, str] | None
    copy: Path | None = None


def found(settings: Settings, clock: Clock) -> Founded:
    """Make what is missing of an instance and bring its schema up to date.

    Raises `SealRefusedError` where documents cannot be sealed, before anything else is made,
    `KeyringRefused` where a database stands without its keyring, and what
    `bring_up_to_date` raises.
    """
    settings.instance_path.mkdir(mode=0o700, parents=True, exist_ok=True)
    open_seal(settings, organisation=organisation_name(), now=clock.now())
    database = Database(make_engine(settings.database_address), COMMANDING)
    copy = bring_up_to_date(settings, database.engine)
    with database.reading() as session:
        instance = circles.instance_id(session)
    root = follow(_root_keys(settings, instance), database)
    with database.writing() as session:
        schema.take_turn(session.connection())  # another host may be starting too
        instance = circles.instance_id(session)
        if instance is None:
            circles.create_instance(session, root, now=clock.now())
        else:
            circles.check_instance(session, root)
        _load_register(settings, session, clock)
        audit.prepare_signer(session, settings, root.instance)
        invitation = None
        if instance is None:
            invitation = accounts.create_first_invitation(
                session, settings=settings, now=clock.now()
            )
    return Founded(database, root, invitation, copy)


def renew_first_invitation(settings: Settings, founded: Founded, clock: Clock) -> tuple[str, str]:
    """Return new halves for the first head, the earlier ones being void.

    Raises `accounts.FoundedError` once somebody has an account.
    """
    with founded.database.writing() as session:
        return accounts.create_first_invitation(session, settings=settings, now=clock.now())


def _load_register(settings: Settings, session: Session, clock: Clock) -> None:
    if settings.mode is Mode.PRODUCTION:
        register.load_register(session, now=clock.now())
    else:
        register.load_fictional_register(session, now=clock.now())


def _root_keys(settings: Settings, instance: str | None) -> RootKeys:
    if settings.root_key is not None:
        text = settings.root_key.get_secret_value()
        return keyring_from_text(text, instance=instance or new_id())
    if instance is None and not settings.keyring_path.exists():
        return create_keyring(settings.keyring_path)
    if not settings.keyring_path.exists():
        raise KeyringRefused(_("The database is there, but its keyring is not: restore the copy."))
    return load_keyring(settings.keyring_path)
