"""The commands of backups and restores (docs/operations.md, Backup and restore)."""

import os
from collections.abc import Callable
from pathlib import Path

import click
from pydantic import SecretStr

from cooperation.core import schema
from cooperation.core.db import Database, make_engine
from cooperation.core.row_scope import COMMANDING
from cooperation.core.settings import Settings
from cooperation.operation.console import clock_now, one_line, settings_now
from cooperation.safekeeping import service as safekeeping
from cooperation.safekeeping.service import Order, Restored, Taken
from cooperation.vault import age
from cooperation.vault.keyring import keyring_from_text, load_keyring
from cooperation.vault.root import RootKeys
from cooperation.vault.signed_notes import parse_vkey
from cooperation.web.keys import open_root

_File = click.Path(dir_okay=False, path_type=Path)
_Found = click.Path(exists=True, dir_okay=False, path_type=Path)
_MEGABYTE = 1_000_000


@click.command("backup")
@click.argument("file", type=_File)
@click.option("--recipient", "recipients", multiple=True, help="age1..., as often as needed.")
@click.option("--plain", is_flag=True, help="Do not encrypt it.")
@one_line
def backup(file: Path, recipients: tuple[str, ...], plain: bool) -> None:
    """Write a backup of this moment into FILE, encrypted to off-line recipients."""
    settings = settings_now()
    database = Database(make_engine(settings.database_address), COMMANDING)
    schema.require_current(database.engine)
    taken = safekeeping.take_backup(
        settings,
        database,
        open_root(settings, database),
        clock_now(),
        file,
        recipients=recipients,
        is_plain=plain,
    )
    _print_taken(taken)


def _print_taken(taken: Taken) -> None:
    versions = ", ".join(map(str, taken.root_versions))
    click.echo(f"written    {taken.place}, {taken.bytes / _MEGABYTE:,.1f} MB")
    click.echo(f"rows       {taken.rows:,}, log of {taken.log_size:,} entries")
    click.echo(f"time       {taken.seconds:.1f} s")
    click.echo(f"needs      the keyring with version {versions} (not in it: copy it apart)")
    click.echo(f"signed by  {taken.key}")


@click.command("backup-identity")
@click.argument("file", type=_File)
@one_line
def backup_identity(file: Path) -> None:
    """Make a pair of keys for backups: the secret one into FILE, the public one is printed.

    To be called on another machine than the platform's.
    """
    identity, recipient = age.new_identity()
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as secret:
        secret.write(f"# public key: {recipient}\n{identity}\n")
    click.echo(recipient)


@click.command("restore")
@click.argument("file", type=_Found)
@click.option("--operator", required=True, help="Who restores; a head reads it.")
@click.option("--verify/--only-verify", "keeps", default=True, help="Or verify and keep nothing.")
@click.option("--identity", type=_Found, help="File of the identity that opens the backup.")
@click.option("--keyring", type=_Found, help="Keyring; default: the instance's.")
@click.option("--key", help="Key of the log; default: the signer's folder.")
@click.option("--journal", type=_Found, help="Journal of the log; default: the instance's.")
@click.option("--checkpoint", type=_Found, help="The last checkpoint that somebody has kept.")
@click.option("--with-unsigned", is_flag=True, help="Also do again what no checkpoint covers.")
@click.option("--into", help="Address or SQLite file of an empty place; default: the instance's.")
@one_line
def restore(
    file: Path,
    operator: str,
    keeps: bool,
    identity: Path | None,
    keyring: Path | None,
    key: str | None,
    journal: Path | None,
    checkpoint: Path | None,
    with_unsigned: bool,
    into: str | None,
) -> None:
    """Verify a backup, and put it into an empty place."""
    settings = _settings_of(into)
    order = Order(
        source=file,
        operator=operator,
        identity=None if identity is None else identity.read_text(),
        key=None if key is None else parse_vkey(key),
        journal=journal,
        checkpoint=None if checkpoint is None else checkpoint.read_text(),
        with_unsigned=with_unsigned,
        keeps=keeps,
    )
    done = safekeeping.restore(settings, _finder(settings, keyring), clock_now(), order, click.echo)
    _print_restored(done, order)


def _settings_of(into: str | None) -> Settings:
    settings = settings_now()
    if into is None:
        return settings
    address = into if "://" in into else f"sqlite:///{Path(into).absolute()}"
    place = {"database_url": SecretStr(address), "database_owner_url": None}
    return settings.model_copy(update=place)


def _finder(settings: Settings, keyring: Path | None) -> Callable[[str], RootKeys]:
    """Return what finds the root keys of the instance that a manifest names."""

    def find(instance: str) -> RootKeys:
        if keyring is not None or settings.root_key is None:
            return load_keyring(keyring or settings.keyring_path)
        return keyring_from_text(settings.root_key.get_secret_value(), instance=instance)

    return find


def _print_restored(done: Restored, order: Order) -> None:
    behind = max(0, done.known.head.size - done.manifest.log_size)
    word = "restored" if order.keeps else "verified"
    click.echo(f"{word}   {done.rows:,} rows in {done.seconds:.1f} s")
    click.echo(f"rollback   {behind:,} entries of the log came after this backup")
    if done.known.is_of_journal:
        click.echo(f"journal    {len(done.known.tail.acts):,} of them are known and signed")
    else:
        click.echo("journal    none: what was removed or narrowed since cannot be known")
    unsigned = len(done.known.unsigned.acts)
    if unsigned and not order.with_unsigned:
        click.echo(f"           {unsigned:,} more are known, but nobody has signed them: left out")
    if not order.keeps:
        click.echo("kept       nothing: it was only verified")
        return
    if done.announced is not None and not done.announced.heads:
        click.echo("heads      none: nobody can confirm it (docs/operations.md, The drill)")
    click.echo("Now run init and doctor, then serve. A head confirms the restore on her home page;")
    click.echo("until then nothing is published or issued.")


SAFEKEEPING: tuple[click.Command, ...] = (backup, backup_identity, restore)
