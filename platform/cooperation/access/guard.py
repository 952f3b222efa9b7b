"""The guard: one question, asked at the route and again in the service on the object."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from cooperation.access.policy import PASSKEY_ACTS, POLICY, STEP_UP, TESTS, Permission
from cooperation.access.predicates import Target, is_not_another_states
from cooperation.access.rules import Actor
from cooperation.core.errors import DomainError, NotAllowed, NotFound, PasskeyNeeded, StepUpNeeded

_CLOCKS_DIFFER = timedelta(minutes=1)
"""By how much the clocks of two hosts may differ."""
_View = TypeVar("_View", bound=Callable[..., object])


def is_allowed(actor: Actor, permission: Permission, target: Target | None = None) -> bool:
    """Tell whether the actor holds the permission, over this object if one is named.

    Step-up is asked apart.
    """
    return _refusal(actor, permission, target) is None


def require(actor: Actor, permission: Permission, target: Target | None = None) -> None:
    """Let pass, or raise `NotAllowed` or `NotFound`, as the page of policy says."""
    refusal = _refusal(actor, permission, target)
    if refusal is not None:
        raise refusal


def _refusal(
    actor: Actor, permission: Permission, target: Target | None
) -> type[DomainError] | None:
    if not actor.roles & POLICY.get(permission, frozenset()):
        return NotAllowed
    if target is None:
        return None
    if not is_not_another_states(actor, target):
        return NotFound
    test, refusal = TESTS.get(permission, (is_not_another_states, NotFound))
    return None if test(actor, target) else refusal


def is_stepped_up(actor: Actor, permission: Permission, now: datetime) -> bool:
    """Tell whether the actor's last fresh second factor is recent enough for the permission."""
    window = STEP_UP.get(permission)
    if window is None:
        return True
    if lacks_passkey(actor, permission):
        return False
    return actor.stepped_up_at is not None and is_recent(actor.stepped_up_at, now, window)


def is_recent(moment: datetime, now: datetime, window: timedelta) -> bool:
    """Tell whether `moment` lies within the window before now.

    What lies ahead of now is not recent: a clock that was set back freshens no old factor.
    """
    return -_CLOCKS_DIFFER <= now - moment <= window


def lacks_passkey(actor: Actor, permission: Permission) -> bool:
    """Tell whether the act needs a passkey and this session has shown none."""
    return actor.is_passkey_missing and permission in PASSKEY_ACTS


def require_step_up(actor: Actor, permission: Permission, now: datetime) -> None:
    """Raise `StepUpNeeded` where the act needs a fresher second factor (reliability 1.5).

    Raises its kind `PasskeyNeeded` where no code of an authenticator will do.
    """
    if lacks_passkey(actor, permission):
        raise PasskeyNeeded
    if not is_stepped_up(actor, permission, now):
        raise StepUpNeeded


def requires(
    permission: Permission,
    *,
    logs_reading: bool = False,
    step_up: bool | None = None,
    own_transactions: bool = False,
    takes_files: bool = False,
    locks_late: bool = False,
) -> Callable[[_View], _View]:
    """Declare a view's permission; the shell enforces it and answers 403 for a view without one.

    `logs_reading` marks a GET that is logged as read: it holds no lock, and its entry is committed
    before the answer leaves (docs/decisions, 9); on a POST, that its form may come back (422) with
    what is logged as read, which is committed.
    `step_up` says whether the view itself asks for a fresh second factor; by default every unsafe
    method of a permission in `STEP_UP` does, and no GET. `own_transactions` marks the views of
    sign-in, activation and step-up, which count tries in committed transactions of their own and
    hash passwords outside of any: the shell opens no writing transaction around them. `takes_files`
    raises the limit of the request's body from 1 to 11 MB. `locks_late` marks a view that reads
    before it takes SQLite's lock where the script of a page asks it (core.late): it may be called
    twice, and its first call leaves nothing behind but its answer.
    """

    def declare(view: _View) -> _View:
        view.permission = permission  # type: ignore[attr-defined] # read by the shell
        view.logs_reading = logs_reading  # type: ignore[attr-defined]
        view.step_up = step_up  # type: ignore[attr-defined]
        view.own_transactions = own_transactions  # type: ignore[attr-defined]
        view.takes_files = takes_files  # type: ignore[attr-defined]
        view.locks_late = locks_late  # type: ignore[attr-defined]
        return view

    return declare
