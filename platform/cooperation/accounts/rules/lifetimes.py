"""How long sign-in, activation and sessions last (reliability 1.3)."""

from datetime import datetime, timedelta

from cooperation.access.rules import INSTITUTIONS, Institution, Role

PENDING_LIFE = timedelta(minutes=5)
ENROLMENT_LIFE = timedelta(minutes=30)
TOUCH_EVERY = timedelta(minutes=1)
OUTCOME_LIFE = timedelta(days=2)
DEVICE_LIFE = timedelta(days=180)
MOST_DEVICES = 10


def is_strict(institution: Institution, roles: frozenset[Role]) -> bool:
    """Tell whether the shorter lifetimes hold: Secretariat, Court, administrator."""
    return INSTITUTIONS[institution].is_strict or Role.ADMINISTRATOR in roles


def idle_life(*, strict: bool) -> timedelta:
    """Return how long a session lives without a request."""
    return timedelta(minutes=15 if strict else 30)


def absolute_life(*, strict: bool) -> timedelta:
    """Return how long a session lives at all."""
    return timedelta(hours=8 if strict else 12)


def is_alive(*, now: datetime, seen_at: datetime, ends_at: datetime, idle: timedelta) -> bool:
    """Tell whether a session may still be used."""
    return now < ends_at and now - seen_at < idle + TOUCH_EVERY
