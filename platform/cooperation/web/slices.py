"""The one table of all slices: their blueprints, and with them every model and view.

Only the shell knows it (design: architecture 2, rule 5). A slice is added here when it lands.
"""

from flask import Blueprint

from cooperation.audit.views import blueprint as audit

BLUEPRINTS: tuple[Blueprint, ...] = (audit,)
"""In the order of the levels, lowest first; each blueprint's name is its slice's name."""
