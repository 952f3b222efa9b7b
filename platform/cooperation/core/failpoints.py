"""Named points between the steps of an act, at which a crash test has its own process killed.

`reach("removal.sealed")` costs a comparison and does nothing unless the process was armed for that
point. The setting `failpoint` is refused outside test instances, and `arm` looks at the mode once
more: nothing in the environment kills a production or demonstration process. Each point is written
once in the source and stands in tests/crash/points.txt.
"""

import os
import signal

from cooperation.core.settings import Mode, Settings


class _Armed:
    """The point at which this process ends, and how many times it passes it before."""

    point: str | None = None
    passes: int = 0


def arm(settings: Settings) -> None:
    """Take the point from a test instance's settings: `name`, or `name:3` for its third time."""
    _Armed.point = None
    if settings.mode is not Mode.TEST or settings.failpoint is None:
        return
    name, _colon, count = settings.failpoint.partition(":")
    _Armed.point, _Armed.passes = name, int(count or 1) - 1


def reach(point: str) -> None:
    """Say that an act has come to `point`, a literal "<act>.<step>"; an armed process dies here."""
    if _Armed.point != point:
        return
    if _Armed.passes:
        _Armed.passes -= 1
        return
    os.kill(os.getpid(), signal.SIGKILL)
