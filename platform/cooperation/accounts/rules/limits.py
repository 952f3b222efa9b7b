"""How often secrets may be tried: moving windows per account and address (reliability 1.2, 3)."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class AttemptKind(StrEnum):
    """What is being tried."""

    SIGN_IN = "sign_in"
    SECOND_FACTOR = "second_factor"
    ACTIVATION = "activation"


class Scope(StrEnum):
    """Whose tries are counted together."""

    ACCOUNT = "account"
    ADDRESS = "address"
    ALL = "all"


@dataclass(frozen=True)
class Limit:
    """At most `count` tries within any `window`."""

    count: int
    window: timedelta


_FIVE_MINUTES = timedelta(minutes=5)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)

LIMITS: dict[tuple[AttemptKind, Scope], tuple[Limit, ...]] = {
    (AttemptKind.SIGN_IN, Scope.ACCOUNT): (Limit(10, _FIVE_MINUTES),),
    (AttemptKind.SIGN_IN, Scope.ADDRESS): (Limit(10, _FIVE_MINUTES),),
    (AttemptKind.SIGN_IN, Scope.ALL): (Limit(1000, _FIVE_MINUTES),),
    (AttemptKind.SECOND_FACTOR, Scope.ACCOUNT): (
        Limit(5, _FIVE_MINUTES),
        Limit(20, _HOUR),
        Limit(50, _DAY),
    ),
    (AttemptKind.SECOND_FACTOR, Scope.ADDRESS): (Limit(10, _FIVE_MINUTES), Limit(50, _HOUR)),
    (AttemptKind.ACTIVATION, Scope.ADDRESS): (Limit(10, _FIVE_MINUTES),),
}

LONGEST_WINDOW = _DAY

CLOCK_STEP = timedelta(minutes=1)
"""Tries dated later than this ahead are not counted: a clock set back locks nobody out."""
