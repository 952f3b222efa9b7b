"""Which colour each part of a stacked bar takes: no two of one chart the same."""

from collections.abc import Sequence

SERIES = ("s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8")
_MEANINGS = {"yes": "s1", "partly": "s2", "no": "s3", "none": "none"}


def free_colours(wanted: Sequence[str]) -> list[str]:
    """Return a colour for each entry: the wanted one, or the next that nobody has.

    Meanings (yes, partly, no, none) keep theirs; a chart with more than eight others repeats.
    """
    taken = {_MEANINGS[kind] for kind in wanted if kind in _MEANINGS}
    chosen: list[str] = []
    for kind in wanted:
        if kind in _MEANINGS and kind not in chosen:
            chosen.append(kind)
            continue
        free = next(
            (each for each in (kind, *SERIES) if each in SERIES and each not in taken), None
        )
        chosen.append(free or SERIES[len(chosen) % len(SERIES)])
        taken.add(chosen[-1])
    return chosen
