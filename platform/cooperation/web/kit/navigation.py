"""The menu: what each role's pages are, in the order in which people use them."""

from dataclasses import dataclass

from flask import current_app, request, url_for

from cooperation.access.guard import is_allowed
from cooperation.access.policy import Permission
from cooperation.access.rules import Actor
from cooperation.core.text import Text, _


@dataclass(frozen=True)
class Place:
    """An entry of the menu, for whoever has its permission.

    `beside` is where addresses begin that belong to the entry and do not lie below its own.
    """

    endpoint: str
    label: Text
    permission: Permission
    beside: str = ""


@dataclass(frozen=True)
class MenuItem:
    """An entry as the page shows it."""

    href: str
    label: Text
    current: bool


PLACES: tuple[Place, ...] = (
    Place("home.home", _("Home"), Permission.USE_ACCOUNT),
    Place("progress.current", _("Progress"), Permission.READ_PROGRESS),
    Place("editions.index", _("Editions"), Permission.READ_EDITION),
    Place("notes_verbales.overview", _("Notes verbales"), Permission.READ_NOTE),
    Place("notes_verbales.own_notes", _("Notes verbales"), Permission.READ_OWN_NOTE),
    Place("responses.home", _("Response"), Permission.READ_OWN_RESPONSE),
    Place("review.current", _("Review"), Permission.READ_SUBMISSION),
    Place("publication.current_desk", _("Publication"), Permission.PROPOSE_PUBLICATION),
    Place("publication.own_current", _("Our submitted answers"), Permission.READ_OWN_RESPONSE),
    Place("publication.readers_current", _("Who has read us"), Permission.READ_READERS),
    Place("publication.published", _("Published answers"), Permission.READ_PUBLISHED),
    Place("analysis.current", _("Figures"), Permission.READ_FIGURES),
    Place("register.parties", _("Register"), Permission.READ_REGISTER),
    Place("accounts.colleagues", _("Colleagues"), Permission.READ_COLLEAGUES, beside="/people/"),
    Place("access_review.table", _("Access"), Permission.READ_ACCESS_REVIEWS),
    Place("accounts.people", _("People"), Permission.READ_PEOPLE),
    Place("accounts.set_up", _("Set-up"), Permission.READ_SETUP),
    Place("two_persons.waiting", _("Two persons"), Permission.READ_WAITING),
    Place("outbox.mails", _("Mails"), Permission.READ_MAILS),
    Place("audit.log", _("Log"), Permission.READ_LOG),
    Place("safekeeping.records", _("Check our records"), Permission.CHECK_RECORDS),
    Place("accounts.password", _("Your password"), Permission.USE_ACCOUNT),
    Place("accounts.passkeys", _("Your passkeys"), Permission.USE_ACCOUNT),
    Place("accounts.sessions", _("Your sessions"), Permission.USE_ACCOUNT),
)


def menu_of(actor: Actor) -> tuple[MenuItem, ...]:
    """Return the places that the actor may enter and that exist."""
    found = []
    for place in PLACES:
        if place.endpoint in current_app.view_functions and is_allowed(actor, place.permission):
            address = url_for(place.endpoint)
            found.append(MenuItem(address, place.label, _is_current(address, place.beside)))
    return tuple(found)


def _is_current(address: str, beside: str) -> bool:
    """A place stays marked on the pages below it: those whose address begins with its own."""
    path = request.path
    is_beside = bool(beside) and path.startswith(beside)
    return path == address or is_beside or (address != "/" and path.startswith(f"{address}/"))
