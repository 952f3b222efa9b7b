"""The home page: for each role one next step, then where things stand (interface.md, section 5).

It asks the slices' services and decides nothing itself; nothing is opened for it, so nothing is
logged.
"""

from cooperation.web.home.views import blueprint

__all__ = ["blueprint"]
