"""How a round goes, at /progress: four counts, the regional groups, every State Party.

Co-facilitators see counts only; which State stands where is the Secretariat's to know (design:
product, Who may read what: draft answers). Nothing is opened, so nothing is logged.
"""

from cooperation.web.progress.views import blueprint

__all__ = ["blueprint"]
