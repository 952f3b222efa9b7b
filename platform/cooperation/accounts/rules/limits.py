"""How often secrets may be tried: moving windows per account and address (reliability 1.2, 3)."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_address


class AttemptKind(StrEnum):
    """What is being tried."""

    SIGN_IN = "sign_in"
    SECOND_FACTOR = "second_factor"
    ACTIVATION = "activation"
    EXPORT = "export"


class Scope(StrEnum):
    """Whose tries are counted together."""

    DEVICE = "device"
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

_PASSWORDS = (Limit(10, _FIVE_MINUTES),)
_CODES = (Limit(5, _FIVE_MINUTES), Limit(20, _HOUR), Limit(50, _DAY))

LIMITS: dict[tuple[AttemptKind, Scope], tuple[Limit, ...]] = {
    (AttemptKind.SIGN_IN, Scope.DEVICE): _PASSWORDS,
    (AttemptKind.SIGN_IN, Scope.ACCOUNT): _PASSWORDS,
    (AttemptKind.SIGN_IN, Scope.ADDRESS): _PASSWORDS,
    (AttemptKind.SIGN_IN, Scope.ALL): (Limit(1000, _FIVE_MINUTES),),
    (AttemptKind.SECOND_FACTOR, Scope.DEVICE): _CODES,
    (AttemptKind.SECOND_FACTOR, Scope.ACCOUNT): _CODES,
    (AttemptKind.SECOND_FACTOR, Scope.ADDRESS): (Limit(10, _FIVE_MINUTES), Limit(50, _HOUR)),
    (AttemptKind.ACTIVATION, Scope.ADDRESS): (Limit(10, _FIVE_MINUTES),),
    (AttemptKind.EXPORT, Scope.ACCOUNT): (Limit(10, _HOUR),),
}
"""A known device of the person is counted by itself, whatever strangers do to her name."""

LONGEST_WINDOW = _DAY

CLOCK_STEP = timedelta(minutes=1)
"""Tries dated later than this ahead are not counted: a clock set back locks nobody out."""

_NETWORK_BYTES = 8

REFUSAL_WINDOW = _DAY
_TOLD_ONE_BY_ONE = 10


def is_refusal_summary(number: int) -> bool:
    """Tell whether the `number`-th refusal of a day stands for all since the last that was told."""
    tens, left = divmod(number, _TOLD_ONE_BY_ONE)
    return left == 0 and tens > 1 and tens & (tens - 1) == 0


def is_refusal_logged(number: int) -> bool:
    """Tell whether the log tells the `number`-th refusal of a day: ten, then each doubling."""
    return number <= _TOLD_ONE_BY_ONE or is_refusal_summary(number)


def bare_address(told: str) -> str:
    """Return the network address in what a proxy tells, without port, brackets and zone.

    Proxies write `192.0.2.1:4711` and `[2001:db8::1]:443`; counted with its port, an address would
    never come twice. What is no address is nothing: all such senders are counted together.
    """
    text = told.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text.partition("%")[0]))
    except ValueError:
        return ""


def counted_address(address: str) -> str:
    """Return what stands for a network address: of IPv6 its /64, which one household holds."""
    try:
        found = IPv6Address(address.partition("%")[0])
    except AddressValueError:
        return address
    four: IPv4Address | None = found.ipv4_mapped
    return str(four) if four is not None else f"{found.packed[:_NETWORK_BYTES].hex()}/64"
