"""The command that builds and serves the demonstration."""

import sys
from collections.abc import Callable
from multiprocessing import get_context

import click

from cooperation.core.settings import Mode, Settings
from cooperation.demonstration.builder import FULL, build
from cooperation.demonstration.notice import print_table
from cooperation.operation.console import one_line, settings_now
from cooperation.operation.founding import RECORD, found, is_demonstration
from cooperation.operation.serving import serve as serve_instance
from cooperation.web.factory import make_clock


def _apart(act: Callable[[], object]) -> None:
    """Do something in a process of its own, so that workers forked later inherit none of it.

    Typst starts threads with its first document, and no fork takes threads along.
    """
    child = get_context("fork").Process(target=act)
    child.start()
    child.join()
    if child.exitcode != 0:
        sys.exit("The demonstration could not be built.")


@click.command("demo")
@one_line
def demo() -> None:
    """Build and serve the demonstration; refuses to touch any other instance."""
    settings = settings_now()
    shown = Settings(
        instance_path=settings.instance_path,
        port=settings.port,
        mode=Mode.DEMONSTRATION,
        light_passwords=True,
    )
    if not is_demonstration(shown):
        click.echo(f"Building a demonstration in {shown.instance_path} (about a minute, once)")
        _apart(lambda: build(shown, size=FULL, report=lambda line: click.echo(f"  {line}")))
    founded = found(shown, make_clock(shown))
    print_table(shown.instance_path / RECORD, shown.base_url)
    serve_instance(shown, founded)
