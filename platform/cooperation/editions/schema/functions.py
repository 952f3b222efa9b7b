"""The functions of questions in definitions that were stored before definitions gave them.

Their bytes are hashed and signed as they are; so the functions stand here, by version.
"""

from collections.abc import Mapping

from cooperation.editions.rules import Function

OLDER: Mapping[str, Mapping[str, Function]] = {
    "2026.1": {
        "A-01": Function.STATE_NAME,
        "A-02": Function.KIND_OF_REPLY,
        "A-03": Function.LANGUAGE_OF_REPLY,
        "A-11": Function.CONTACT_URGENT,
        "D-01": Function.CONSENT_AUDIENCE,
        "D-02": Function.MARKED_ANSWERS,
        "D-03": Function.CONSENT_CONTACTS,
        "D-04": Function.CONSENT_COUNTING,
        "D-07": Function.APPROVED_BY,
        "D-08": Function.APPROVED_ON,
    },
}
