"""The command line: `flask --app app <command>`, listed in docs/operations.md.

Each command makes what it needs from the settings; none of them makes a reader on a real instance.
"""

import os
import sys
import tempfile
from pathlib import Path

import click
from flask import Flask

from cooperation.accounts.service import FoundedError
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.core import failpoints, schema
from cooperation.core.clock import Clock
from cooperation.core.db import Database, make_engine
from cooperation.core.row_scope import COMMANDING, SENDING
from cooperation.core.settings import Mode, Settings
from cooperation.operation import doctor as checks
from cooperation.operation import rotation
from cooperation.operation.console import clock_now, one_line, settings_now
from cooperation.operation.founding import Founded, found, is_demonstration, renew_first_invitation
from cooperation.operation.safekeeping import SAFEKEEPING
from cooperation.operation.serving import forbid_core_dumps
from cooperation.operation.serving import serve as serve_instance
from cooperation.outbox import service as outbox
from cooperation.web.factory import make_clock
from cooperation.web.keys import open_root


def _print_halves(link: str, code: str) -> None:
    click.echo("")
    click.echo("The first head of the Secretariat activates her account with two halves:")
    click.echo(f"  link  {link}")
    click.echo(f"  code  {code}")
    click.echo("They are valid for seven days and are not shown again by a later start.")
    click.echo("Copy the keyring to a place of its own before anything else (docs/operations.md).")
    click.echo("")


def _found() -> Founded:
    founded = found(settings_now(), clock_now())
    if founded.copy is not None:
        click.echo(f"The schema is brought up to date. As it was before: {founded.copy}")
        click.echo("Delete that copy when all is well: what is destroyed from now on stands in it.")
    return founded


@click.command("init")
@one_line
def init() -> None:
    """Create keyring, database and register, and print the first head's two halves."""
    founded = _found()
    try:
        halves = founded.first_invitation or renew_first_invitation(
            settings_now(), founded, clock_now()
        )
    except FoundedError:
        click.echo("The instance is founded and its schema is up to date.")
    else:
        _print_halves(*halves)


@click.command("serve")
@one_line
def serve() -> None:
    """Do `init` where needed, then serve and drain the outbox."""
    settings = settings_now()
    if settings.mode is Mode.PRODUCTION and is_demonstration(settings):
        sys.exit("This folder holds a demonstration: use `make demo`, or another folder.")
    founded = _found()
    if founded.first_invitation is not None:
        _print_halves(*founded.first_invitation)
    click.echo(f"Serving on {settings.base_url} (Ctrl-C to stop)")
    serve_instance(settings, founded)


@click.command("doctor")
def doctor() -> None:
    """Check database, row-level security, keyring, fonts, schema, outbox, temporary folder."""
    results = checks.examine(settings_now(), clock_now())
    for result in results:
        click.echo(f"{'ok  ' if result.is_well else 'BAD '} {result.name:<18} {result.finding}")
    sys.exit(0 if all(result.is_well for result in results) else 1)


@click.group("audit")
def audit_group() -> None:
    """The log."""


@audit_group.command("verify")
@one_line
def audit_verify() -> None:
    """Recompute the log; name the first entry changed, deleted, inserted or reordered.

    Then compare it with every checkpoint, and with what the signer of this host has signed; and
    fold the signed statements of keys, which must all have an effect.
    """
    settings, database, _clock = _instance()
    with database.reading() as session:
        result = audit.verify(session)
        click.echo(f"entries {result.size}")
        click.echo(f"root    {result.root.hex()}")
        if result.fault is not None:
            sys.exit(f"FAULT   {result.fault}")
        click.echo("sound: no entry was changed, deleted, inserted or reordered")
        number = audit.verify_checkpoints(session, settings, circles.instance_id(session) or "")
        click.echo(f"checkpoints {number}: all of this log")
        click.echo(f"directory {checks.directory_finding(session)}")


@click.group("outbox")
def outbox_group() -> None:
    """Mail."""


@outbox_group.command("send")
@one_line
def outbox_send() -> None:
    """Send the mails that are due, once."""
    settings = settings_now()
    database = Database(make_engine(settings.database_address), SENDING)
    schema.require_current(database.engine)
    sent = outbox.send_due(database, open_root(settings, database), settings, clock_now())
    click.echo(f"sent {sent}")


def _instance() -> tuple[Settings, Database, Clock]:
    settings = settings_now()
    database = Database(make_engine(settings.database_address), COMMANDING)
    schema.require_current(database.engine)
    return settings, database, clock_now()


@click.command("rotate-root")
@click.option("--prepare", is_flag=True, help="Only add the new version, to be copied first.")
@one_line
def rotate_root(prepare: bool) -> None:
    """Wrap everything with a new root key; a call that was killed is called again and goes on."""
    if prepare:
        version = rotation.prepare_version(*_instance())
        click.echo(f"Version {version} is in the keyring and wraps nothing yet.")
        click.echo("Copy the keyring to its place of safety and to every host, confirm the copy on")
        click.echo("the set-up page, then run rotate-root.")
        return
    done = rotation.rotate_root(*_instance(), report=click.echo)
    speed = done.changed / max(done.seconds, 0.001)
    click.echo(f"{done.changed:,} values in {done.seconds:.1f} s ({speed:,.0f} a second)")
    click.echo(f"Nothing carries an older version than {done.version}. Everybody signs in again.")
    click.echo("Copy the keyring now, if this version is not in the copy, and confirm the copy on")
    click.echo("the set-up page. Backups made before now need the older versions:")
    for version in done.older:
        click.echo(f"  flask --app app retire-root {version}   once the last of them has expired")


@click.command("retire-root")
@click.argument("version", type=int)
@one_line
def retire_root(version: int) -> None:
    """Destroy an old version of the root key; refused while anything in the database carries it."""
    rotation.retire_root(*_instance(), version=version)
    click.echo(f"Version {version} is out of the keyring. Backups made under it need a copy of the")
    click.echo("keyring that still holds it; destroy those copies too when that is what you want.")


@click.command("check-migrations")
@one_line
def check_migrations() -> None:
    """Compare what the migrations make with the models (part of `make check`)."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'schema.db'}")
        schema.upgrade(engine)
        found_differences = schema.differences(engine)
        engine.dispose()
    for difference in found_differences:
        click.echo(difference)
    sys.exit(1 if found_differences else 0)


COMMANDS: tuple[click.Command, ...] = (
    init,
    serve,
    doctor,
    audit_group,
    outbox_group,
    rotate_root,
    retire_root,
    check_migrations,
    *SAFEKEEPING,
)


def command_line(settings: Settings, *more: click.Command) -> Flask:
    """Return an application that carries the commands, and `more`; it serves nothing.

    What any command writes is readable by its own account alone; its memory goes to no disk.
    """
    os.umask(0o077)
    forbid_core_dumps()
    failpoints.arm(settings)
    carrier = Flask(
        "cooperation.operation",
        static_folder=None,
        instance_path=str(settings.instance_path.absolute()),
    )
    carrier.config["SETTINGS"] = settings
    carrier.config["CLOCK"] = make_clock(settings)
    for part in (*COMMANDS, *more):
        carrier.cli.add_command(part)
    return carrier
