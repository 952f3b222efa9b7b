"""Kinds of post as people name them, in English, French and Spanish; pure."""

import re

from cooperation.register.rules.posts import PostKind
from cooperation.register.rules.tables import word_key

_WORDS = {
    PostKind.PERMANENT_MISSION: (
        *("permanent mission", "permanent mission in New York", "mission", "PMUN"),
        *("permanent mission to the United Nations", "permanent mission to the UN"),
        *("mission permanente", "mission permanente à New York", "misión permanente"),
        *("mission permanente auprès des Nations Unies", "misión permanente en Nueva York"),
        "misión permanente ante las Naciones Unidas",
    ),
    PostKind.MINISTRY: (
        *("ministry", "ministry of foreign affairs", "foreign ministry", "MFA"),
        *("ministère", "ministère des affaires étrangères", "MAE"),
        *("ministerio", "ministerio de relaciones exteriores", "ministerio de asuntos exteriores"),
    ),
    PostKind.EMBASSY_ELSEWHERE: (
        *("embassy elsewhere", "embassy in Brussels or elsewhere"),
        *("ambassade ailleurs", "embajada en otro lugar"),
    ),
}
_KINDS = {word_key(kind.value): kind for kind in PostKind} | {
    word_key(name): kind for kind, names in _WORDS.items() for name in names
}
_EMBASSY = re.compile(
    r"(?:embassy|ambassade|embajada)(?:[\s,:–-]+(?:(?:in|at|à|a|en)\s+)?(?P<place>.+))?",
    re.IGNORECASE,
)
_THE_HAGUE = frozenset(map(word_key, ("The Hague", "Hague", "Den Haag", "La Haye", "La Haya")))


def named_post(typed: str, place: str) -> tuple[PostKind | None, str]:
    """Return the kind of post that was named, None where none is, and the post's place.

    An embassy's place may stand in its name; the column of places counts first.
    """
    known = _KINDS.get(word_key(typed))
    if known is not None:
        return known, place
    embassy = _EMBASSY.fullmatch(typed.strip())
    if embassy is None:
        return None, place
    found = place.strip() or (embassy["place"] or "").strip()
    if not found:
        return None, place
    if word_key(found) in _THE_HAGUE:
        return PostKind.EMBASSY_THE_HAGUE, place
    return PostKind.EMBASSY_ELSEWHERE, found
