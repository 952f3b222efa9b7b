"""Which acts of the log are events of an account, as its person and her supervisors see them."""

from cooperation.audit.rules import ACTIONS

_NOUNS = frozenset(
    {
        "access",
        "device",
        "grant",
        "invitation",
        "passkey",
        "password",
        "person",
        "recovery_code",
        "recovery_codes",
        "reading",
        "role",
        "session",
        "sessions",
    }
)

_OF_MANY_STATES = frozenset({"invitation.prepared", "invitation.printed"})

ACCOUNT_EVENTS: tuple[str, ...] = tuple(
    code for code in ACTIONS if code.partition(".")[0] in _NOUNS and code not in _OF_MANY_STATES
)
"""Nothing of an answer: who came in, what changed of keys, roles and invitations, and alarms."""

UPON_ANOTHER = frozenset({"person.disabled", "person.removed", "person.confirmed", "role.granted"})
"""Acts whose words would be read as the acting account's own where they concern another's."""

REFUSALS = frozenset({"session.refused", "passkey.refused"})
"""Events by somebody who was not signed in: it may have been anybody."""
