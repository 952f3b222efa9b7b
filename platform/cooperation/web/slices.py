"""The one table of all slices: their blueprints, and with them every model and view.

Only the shell knows it (design: architecture 2, rule 5). A slice is added here when it lands.
"""

from flask import Blueprint

from cooperation.accounts.views import blueprint as accounts
from cooperation.audit.views import blueprint as audit
from cooperation.editions.views import blueprint as editions
from cooperation.invitations.views import blueprint as invitations
from cooperation.register.views import blueprint as register

BLUEPRINTS: tuple[Blueprint, ...] = (audit, register, accounts, editions, invitations)
"""In the order of the levels, lowest first; each blueprint's name is its slice's name."""
