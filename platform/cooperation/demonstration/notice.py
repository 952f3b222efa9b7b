"""The sign-in table that `make demo` prints, with each person's present code."""

import json
import time
from pathlib import Path

import click
import pyotp


def print_table(record: Path, base_url: str) -> None:
    """Print who can sign in, with e-mail, passphrase and where the codes come from."""
    people = json.loads(record.read_text())["people"]
    width = max(len(person["email"]) for person in people)
    click.echo("")
    click.echo(f"The demonstration is served on {base_url}")
    click.echo("All States, persons and answers are invented. Sign in as:")
    click.echo("")
    for person in people:
        place = person["state"] or "-"
        click.echo(f"  {person['role']:<15} {place:<5} {person['email']:<{width}}")
        click.echo(f"      passphrase  {person['password']}")
        click.echo(f"      secret      {person['totp_secret']}   code now  {_code(person)}")
    click.echo("")
    click.echo("Put a secret into an authenticator, or ask for a code at any time:")
    click.echo("  .venv/bin/python -c \"import pyotp; print(pyotp.TOTP('SECRET').now())\"")
    click.echo("")


def _code(person: dict[str, str]) -> str:
    return pyotp.TOTP(person["totp_secret"]).at(int(time.time()))
