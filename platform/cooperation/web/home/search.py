"""The Court reader's search box: States by name, questions by code or a word of the title."""

from collections.abc import Sequence

from flask import request, url_for

from cooperation.editions.rules import Questionnaire
from cooperation.publication.service import PublishedState
from cooperation.web.home.parts import Link, Newest, Search
from cooperation.web.kit.formats import day

LONGEST = 80
_NEWEST = 6


def search_of(
    edition_id: str, states: Sequence[PublishedState], questionnaire: Questionnaire
) -> Search:
    """Return the box with what stands in it, and what that finds among names and titles."""
    typed = " ".join(request.args.get("q", "").split())[:LONGEST]
    action = url_for("home.home")
    if not typed:
        return Search(action, "", None)
    wanted = typed.casefold()
    hits = [
        Link(
            each.participant.name,
            url_for(
                "publication.state",
                edition_id=edition_id,
                state_code=each.participant.state_code,
            ),
        )
        for each in states
        if _is_readable(each)
        and (
            wanted in each.participant.name.casefold()
            or wanted == each.participant.state_code.casefold()
        )
    ]
    hits += [
        Link(
            f"{each.code} {each.title}",
            url_for("publication.question", edition_id=edition_id, code=each.code),
        )
        for each in questionnaire.questions
        if wanted in each.title.casefold() or wanted == each.code.casefold()
    ]
    return Search(action, typed, tuple(hits))


def newest_of(edition_id: str, states: Sequence[PublishedState]) -> tuple[Newest, ...]:
    """Return the States whose answers were published last."""
    dated = [
        (each.last_published_at, each.participant)
        for each in states
        if each.published and each.last_published_at is not None
    ]
    dated.sort(key=lambda pair: pair[0], reverse=True)
    return tuple(
        Newest(
            participant.name,
            url_for("publication.state", edition_id=edition_id, state_code=participant.state_code),
            day(published_at),
        )
        for published_at, participant in dated[:_NEWEST]
    )


def _is_readable(state: PublishedState) -> bool:
    return bool(state.published or state.confidential or state.narrowed)
