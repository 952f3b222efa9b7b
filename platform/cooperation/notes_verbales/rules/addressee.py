"""Whom a note addresses: the post by its kind and the State's formal name with article."""

from dataclasses import dataclass

from cooperation.register.rules import PostKind


@dataclass(frozen=True)
class Addressee:
    """The three forms of one addressee: in the text, in the closing, at the foot of the note."""

    full: str
    short: str
    lines: tuple[str, ...]


_FORMS: dict[PostKind, tuple[str, str]] = {
    PostKind.EMBASSY_THE_HAGUE: ("the Embassy of {state}", "the Embassy"),
    PostKind.EMBASSY_ELSEWHERE: ("the Embassy of {state}", "the Embassy"),
    PostKind.PERMANENT_MISSION: (
        "the Permanent Mission of {state} to the United Nations",
        "the Permanent Mission",
    ),
    PostKind.MINISTRY: ("the Ministry of Foreign Affairs of {state}", "the Ministry"),
}


def addressee_of(formal_name: str, kind: PostKind, place: str) -> Addressee:
    """Return the addressee in English; `formal_name` with its article, `place` empty if unknown.

    Other languages need whole forms in the register (articles), and come with them.
    """
    form, short = _FORMS[kind]
    full = form.format(state=formal_name)
    lines = (f"To {full}", place)
    return Addressee(full=full, short=short, lines=tuple(line for line in lines if line))
