"""What a home page is made of."""

from dataclasses import dataclass

from cooperation.core.text import Text


@dataclass(frozen=True)
class Step:
    """The one thing to do next; `note` says why."""

    text: Text
    href: str
    note: Text | None = None


@dataclass(frozen=True)
class Count:
    """A number with its label; `of` is the whole it is a part of."""

    label: Text
    number: int
    of: int | None = None
    href: str | None = None


@dataclass(frozen=True)
class Card:
    """A way to go further."""

    title: Text
    href: str
    text: Text


@dataclass(frozen=True)
class Bar:
    """One regional group's responses."""

    label: Text
    number: int
    base: int


@dataclass(frozen=True)
class Home:
    """Everything that the template shows; what is empty is left out."""

    caption: Text | None = None
    lead: Text | None = None
    step: Step | None = None
    waiting: tuple[Step, ...] = ()
    done_parts: int = 0
    all_parts: int = 0
    counts: tuple[Count, ...] = ()
    facts: tuple[tuple[Text, str], ...] = ()
    bars: tuple[Bar, ...] = ()
    cards: tuple[Card, ...] = ()
