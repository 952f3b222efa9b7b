"""The yearly access review: each institution confirms its list, the Secretariat sees who has.

`accounts` keeps the reviews; which edition it is, and which States take part, the shell asks
`editions` (reliability 1.4).
"""

from cooperation.web.access_review.views import blueprint

__all__ = ["blueprint"]
