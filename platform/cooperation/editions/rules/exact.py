"""What binds the two persons of an opening and of a closing: the hash of exactly what is decided.

A change of the days, the questionnaire, a State or its group makes another hash (reliability 1.5).
"""

from collections.abc import Iterable
from hashlib import sha256

from cooperation.editions.rules.edition import Edition, Participant
from cooperation.vault.encoding import length_prefixed


def opening_hash(edition: Edition, participants: Iterable[Participant]) -> bytes:
    """Return the hash of what an opening fixes: days, questionnaire, States with their groups."""
    fields: list[bytes | str | int] = [
        "edition-opening/1",
        edition.id,
        edition.opens_on.isoformat(),
        edition.deadline_on.isoformat(),
        edition.questionnaire_hash,
    ]
    for each in sorted(participants, key=lambda state: state.state_code):
        fields += [each.state_code, each.name, each.group.value]
    return sha256(length_prefixed(*fields)).digest()


def closing_hash(edition: Edition) -> bytes:
    """Return the hash of what would be closed: which edition, as it is."""
    fields = (
        "edition-closing/2",
        edition.id,
        edition.deadline_on.isoformat(),
        edition.questionnaire_hash,
    )
    return sha256(length_prefixed(*fields)).digest()
