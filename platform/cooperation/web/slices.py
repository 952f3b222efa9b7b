"""The one table of all slices: their blueprints, and with them every model and view.

Only the shell knows it (design: architecture 2, rule 5). A slice is added here when it lands.
"""

from flask import Blueprint

from cooperation.accounts.views import blueprint as accounts
from cooperation.analysis.views import blueprint as analysis
from cooperation.audit.views import blueprint as audit
from cooperation.editions.views import blueprint as editions
from cooperation.notes_verbales.views import blueprint as notes_verbales
from cooperation.outbox.views import blueprint as outbox
from cooperation.publication.views import blueprint as publication
from cooperation.register.views import blueprint as register
from cooperation.responses.views import blueprint as responses
from cooperation.review.views import blueprint as review
from cooperation.safekeeping.views import blueprint as safekeeping
from cooperation.two_persons.views import blueprint as two_persons

BLUEPRINTS: tuple[Blueprint, ...] = (
    audit,
    outbox,
    register,
    two_persons,
    accounts,
    editions,
    notes_verbales,
    responses,
    review,
    publication,
    analysis,
    safekeeping,
)
"""In the order of the levels, lowest first; each blueprint's name is its slice's name."""
