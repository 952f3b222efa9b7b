"""What every template may use: the shell's facts, addresses of assets, keys of forms, problems.

`shell` is a global, not a context variable, so that macros imported without context see it too.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count

from flask import Flask, g, get_flashed_messages, url_for
from flask_login import current_user
from werkzeug.local import LocalProxy
from wtforms import FieldList, Form, FormField, RadioField, SelectMultipleField
from wtforms.fields import Field

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed
from cooperation.access.policy import Permission
from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.core.settings import Mode
from cooperation.core.text import Text, _
from cooperation.core.undo import UNDO, WayBack, read_way_back
from cooperation.web import kept
from cooperation.web.form_keys import form_key
from cooperation.web.kit.assets import asset
from cooperation.web.kit.colours import free_colours
from cooperation.web.kit.languages import current_language, languages
from cooperation.web.kit.navigation import MenuItem, menu_of
from cooperation.web.server import server

HOME = "/"
ORGANISATION = _("Assembly of States Parties to the Rome Statute")
PRODUCT = _("Platform on cooperation")

BANNERS: dict[Mode, Text | None] = {
    Mode.PRODUCTION: None,
    Mode.DEMONSTRATION: _("Demonstration: the States, the people and all answers are invented."),
    Mode.TEST: _("Test instance"),
}


@dataclass(frozen=True)
class ShownPerson:
    """The signed-in person in the head of the page."""

    name: str
    role: str


@dataclass(frozen=True)
class ShownLanguage:
    """A language in the head of the page."""

    code: str
    tag: str
    name: str
    current: bool


@dataclass(frozen=True)
class Shell:
    """What the frame of every page shows."""

    language: str
    direction: str
    languages: tuple[ShownLanguage, ...]
    organisation: Text
    product: Text
    mode: Mode
    banner: Text | None
    home: str
    person: ShownPerson | None
    sign_out: str | None
    menu: tuple[MenuItem, ...]


def _shown_person() -> ShownPerson | None:
    signed_in = g.get("signed_in")
    if signed_in is None or not current_user:
        return None
    roles = signed_in.actor.roles
    words = " · ".join(str(role.label) for role in Role if role in roles)
    state = signed_in.actor.state_code
    return ShownPerson(signed_in.person_name, f"{words} · {state}" if state else words)


def _shell() -> Shell:
    if "shell" in g:
        found: Shell = g.shell
        return found
    language = current_language()
    person = _shown_person()
    mode = server().settings.mode
    shell = Shell(
        language=language.tag,
        direction=language.direction,
        languages=tuple(
            ShownLanguage(each.code, each.tag, each.name, each is language) for each in languages()
        ),
        organisation=ORGANISATION,
        product=PRODUCT,
        mode=mode,
        banner=BANNERS[mode],
        home=HOME,
        person=person,
        sign_out=url_for("accounts.sign_out") if person else None,
        menu=menu_of(g.signed_in.actor) if person else (),
    )
    g.shell = shell
    return shell


def next_number() -> int:
    """Return 1, 2, 3 ... within a page, for ids."""
    if "numbers" not in g:
        g.numbers = count(1)
    return int(next(g.numbers))


@dataclass(frozen=True)
class Flash:
    """A sentence about what the last request did, its kind, and the way back where there is one."""

    kind: str
    text: str
    undo: WayBack | None = None


def flashes_of_page() -> list[Flash]:
    """Return the sentences that the last request left; they are shown once."""
    found: list[Flash] = []
    for each in get_flashed_messages(with_categories=True):
        kind, text = each[0], each[1]
        if kind == UNDO:
            found[-1] = replace(found[-1], undo=read_way_back(text))
        else:
            found.append(Flash("done" if kind == "message" else kind, text))
    return found


def colleague_names() -> dict[str, str]:
    """Return the names in the reader's own institution by person's id, for pages that hold ids."""
    ctx: RequestContext = g.context
    if not is_allowed(ctx.actor, Permission.READ_COLLEAGUES):
        return {}
    return {each.id: each.name for each in accounts.colleagues(ctx)}


def problems(form: Form | None) -> list[tuple[str, str]]:
    """Return (anchor, sentence) for every error of a form, in the order of the page."""
    if form is None:
        return []
    general = [("", str(sentence)) for sentence in form.form_errors]
    return general + list(_problems_of(form))


def _problems_of(fields: Iterable[Field]) -> Iterator[tuple[str, str]]:
    for field in fields:
        if isinstance(field, FormField):
            yield from _problems_of(field.form)
        elif isinstance(field, FieldList):
            yield from _problems_of(field.entries)
        else:
            yield from ((_anchor(field), str(sentence)) for sentence in field.errors)


def _anchor(field: Field) -> str:
    """The control to go to: for a group its first option."""
    is_group = isinstance(field, RadioField | SelectMultipleField)
    return f"{field.id}-0" if is_group else str(field.id)


def install_pages(app: Flask) -> None:
    """Offer the shell's functions to every template."""
    app.jinja_env.globals.update(
        shell=LocalProxy(_shell),
        asset=asset,
        form_key=form_key,
        kept_form=kept.carried,
        next_number=next_number,
        flashes_of_page=flashes_of_page,
        colleague_names=colleague_names,
        problems=problems,
        free_colours=free_colours,
    )
