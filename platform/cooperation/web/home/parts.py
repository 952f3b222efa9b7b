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
class Link:
    """A way to something, in words."""

    text: Text | str
    href: str


@dataclass(frozen=True)
class Card:
    """A way to go further; `lines` are names and the like, as somebody typed them."""

    title: Text
    href: str
    text: Text | None = None
    lines: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """An answer that the Secretariat refused, with its reason as it was typed."""

    code: str
    title: str
    reason: str


@dataclass(frozen=True)
class Notice:
    """Something to know before going on; `kind` as in the page kit, `act` is done by one button."""

    kind: str
    title: Text
    text: Text
    link: Link | None = None
    act: Link | None = None
    lines: tuple[Text | str, ...] = ()
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True)
class Newest:
    """A State whose answers came in last, with the day in words."""

    name: str
    href: str
    day: str


@dataclass(frozen=True)
class Search:
    """A search box with what it found; `hits` is nothing before a word is typed."""

    action: str
    typed: str
    hits: tuple[Link, ...] | None


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
    notices: tuple[Notice, ...] = ()
    search: Search | None = None
    newest: tuple[Newest, ...] = ()
    bars: tuple[Bar, ...] = ()
    bars_link: Link | None = None
    cards: tuple[Card, ...] = ()
