"""The policy on one page: who holds a permission over what, and which acts need a step-up.

Source: design/product.md (Roles, Who may read what), design/reliability.md 1.5. Everything not
written here is denied. A permission is named by verb and noun.
"""

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum

from cooperation.access import predicates
from cooperation.access.predicates import Target
from cooperation.access.rules import INVITING_ROLES, Actor, Institution, Role, roles_of_body
from cooperation.core.errors import DomainError, NotAllowed, NotFound

_STATE = roles_of_body(Institution.STATE)
_WRITERS = frozenset({Role.CONTRIBUTOR, Role.FOCAL_POINT})
_DECIDERS = frozenset({Role.FOCAL_POINT, Role.SIGNATORY})
_SECRETARIAT = roles_of_body(Institution.SECRETARIAT)
_HEAD = frozenset({Role.HEAD})
_COURT = roles_of_body(Institution.COURT)
_CO_FACILITATORS = roles_of_body(Institution.CO_FACILITATORS)
_READERS = _STATE | _SECRETARIAT | _COURT | _CO_FACILITATORS


class Permission(StrEnum):
    """What a route or a service asks for; `PUBLIC` needs no account."""

    PUBLIC = "public"
    USE_ACCOUNT = "use_account"
    CHANGE_FACTORS = "change_factors"
    READ_LOG = "read_log"
    READ_REGISTER = "read_register"
    MANAGE_REGISTER = "manage_register"
    INVITE_PERSON = "invite_person"
    READ_COLLEAGUES = "read_colleagues"
    GRANT_ROLE = "grant_role"
    DISABLE_PERSON = "disable_person"
    READ_PEOPLE = "read_people"
    READ_MAILS = "read_mails"
    SETTLE_MAIL = "settle_mail"
    RENEW_KEYS = "renew_keys"
    CONFIRM_PERSON = "confirm_person"
    CONFIRM_ACCESS = "confirm_access"
    READ_ACCESS_REVIEWS = "read_access_reviews"
    REFOUND_CIRCLE = "refound_circle"
    RETURN_ANSWERS = "return_answers"
    KEEP_RECOVERY_SHEET = "keep_recovery_sheet"
    READ_SETUP = "read_setup"
    CONFIRM_KEYRING_BACKUP = "confirm_keyring_backup"
    READ_EDITION = "read_edition"
    PREPARE_EDITION = "prepare_edition"
    OPEN_EDITION = "open_edition"
    CLOSE_EDITION = "close_edition"
    READ_NOTE = "read_note"
    READ_OWN_NOTE = "read_own_note"
    PREPARE_NOTE = "prepare_note"
    VOID_NOTE = "void_note"
    APPROVE_NOTE = "approve_note"
    PRINT_CODE_LETTERS = "print_code_letters"
    RECORD_DELIVERY = "record_delivery"
    READ_PROGRESS = "read_progress"
    READ_OWN_RESPONSE = "read_own_response"
    READ_READERS = "read_readers"
    WRITE_ANSWER = "write_answer"
    MARK_READY = "mark_ready"
    REOPEN_RESPONSE = "reopen_response"
    SUBMIT_RESPONSE = "submit_response"
    RELEASE_ANSWER = "release_answer"
    NARROW_ANSWER = "narrow_answer"
    DOWNLOAD_RECEIPT = "download_receipt"
    READ_SUBMISSION = "read_submission"
    REVIEW_ANSWER = "review_answer"
    PROPOSE_PUBLICATION = "propose_publication"
    PUBLISH_ANSWER = "publish_answer"
    READ_PUBLISHED = "read_published"
    READ_FOR_COURT = "read_for_court"
    EXPORT_PUBLISHED = "export_published"
    READ_FIGURES = "read_figures"
    READ_WAITING = "read_waiting"
    DECIDE_WAITING = "decide_waiting"
    WITHDRAW_WAITING = "withdraw_waiting"
    CHANGE_ROLE = "change_role"
    PROPOSE_KEY_ACT = "propose_key_act"
    PROPOSE_CLOSING = "propose_closing"
    PROPOSE_RETRACTION = "propose_retraction"
    RETRACT_ANSWER = "retract_answer"
    PROPOSE_TABLE = "propose_table"
    RELEASE_TABLE = "release_table"
    READ_RESTORE = "read_restore"
    CONFIRM_RESTORE = "confirm_restore"
    CHECK_RECORDS = "check_records"


POLICY: dict[Permission, frozenset[Role]] = {
    Permission.USE_ACCOUNT: frozenset(Role),
    Permission.CHANGE_FACTORS: frozenset(Role),
    Permission.READ_LOG: _READERS | {Role.AUDITOR},
    Permission.READ_REGISTER: _SECRETARIAT,
    Permission.MANAGE_REGISTER: _SECRETARIAT,
    Permission.INVITE_PERSON: INVITING_ROLES,
    Permission.READ_COLLEAGUES: _READERS,
    Permission.GRANT_ROLE: frozenset({Role.FOCAL_POINT}),
    Permission.DISABLE_PERSON: INVITING_ROLES | {Role.ADMINISTRATOR},
    Permission.READ_PEOPLE: frozenset({Role.ADMINISTRATOR}),
    Permission.READ_MAILS: _SECRETARIAT | {Role.ADMINISTRATOR},
    Permission.SETTLE_MAIL: _SECRETARIAT | {Role.ADMINISTRATOR},
    Permission.RENEW_KEYS: INVITING_ROLES,
    Permission.CONFIRM_PERSON: INVITING_ROLES | _SECRETARIAT,
    Permission.CONFIRM_ACCESS: INVITING_ROLES,
    Permission.READ_ACCESS_REVIEWS: _SECRETARIAT,
    Permission.REFOUND_CIRCLE: _SECRETARIAT,
    Permission.RETURN_ANSWERS: _SECRETARIAT | _COURT | {Role.FOCAL_POINT},
    Permission.KEEP_RECOVERY_SHEET: INVITING_ROLES,
    Permission.READ_SETUP: _HEAD | {Role.ADMINISTRATOR},
    Permission.CONFIRM_KEYRING_BACKUP: _HEAD | {Role.ADMINISTRATOR},
    Permission.READ_EDITION: _READERS,
    Permission.PREPARE_EDITION: _SECRETARIAT,
    Permission.OPEN_EDITION: _HEAD,
    Permission.CLOSE_EDITION: _HEAD,
    Permission.READ_NOTE: _SECRETARIAT,
    Permission.READ_OWN_NOTE: _STATE,
    Permission.PREPARE_NOTE: _SECRETARIAT,
    Permission.VOID_NOTE: _SECRETARIAT,
    Permission.APPROVE_NOTE: _HEAD,
    Permission.PRINT_CODE_LETTERS: _HEAD,
    Permission.RECORD_DELIVERY: _SECRETARIAT,
    Permission.READ_PROGRESS: _SECRETARIAT | _CO_FACILITATORS,
    Permission.READ_OWN_RESPONSE: _STATE,
    Permission.READ_READERS: _STATE,
    Permission.WRITE_ANSWER: _WRITERS,
    Permission.MARK_READY: frozenset({Role.FOCAL_POINT}),
    Permission.REOPEN_RESPONSE: _DECIDERS,
    Permission.SUBMIT_RESPONSE: frozenset({Role.SIGNATORY}),
    Permission.RELEASE_ANSWER: _DECIDERS,
    Permission.NARROW_ANSWER: _DECIDERS,
    Permission.DOWNLOAD_RECEIPT: _DECIDERS,
    Permission.READ_SUBMISSION: _SECRETARIAT,
    Permission.REVIEW_ANSWER: _SECRETARIAT,
    Permission.PROPOSE_PUBLICATION: _SECRETARIAT,
    Permission.PUBLISH_ANSWER: _HEAD,
    Permission.READ_PUBLISHED: _READERS,
    Permission.READ_FOR_COURT: _COURT,
    Permission.EXPORT_PUBLISHED: _READERS,
    Permission.READ_FIGURES: _READERS,
    Permission.READ_WAITING: _SECRETARIAT | _COURT | {Role.ADMINISTRATOR},
    Permission.DECIDE_WAITING: _SECRETARIAT | _COURT,
    Permission.WITHDRAW_WAITING: _SECRETARIAT | _COURT | {Role.ADMINISTRATOR},
    Permission.CHANGE_ROLE: _HEAD,
    Permission.PROPOSE_KEY_ACT: frozenset({Role.ADMINISTRATOR}),
    Permission.PROPOSE_CLOSING: _SECRETARIAT,
    Permission.PROPOSE_RETRACTION: _SECRETARIAT,
    Permission.RETRACT_ANSWER: _HEAD,
    Permission.PROPOSE_TABLE: _COURT,
    Permission.RELEASE_TABLE: _COURT,
    Permission.READ_RESTORE: _SECRETARIAT | {Role.ADMINISTRATOR, Role.AUDITOR},
    Permission.CONFIRM_RESTORE: _HEAD,
    Permission.CHECK_RECORDS: _READERS,
}

Test = Callable[[Actor, Target], bool]
TESTS: dict[Permission, tuple[Test, type[DomainError]]] = {
    Permission.READ_EDITION: (predicates.is_open_or_prepared_here, NotFound),
    Permission.DISABLE_PERSON: (predicates.is_account_in_reach, NotFound),
    Permission.CHANGE_ROLE: (predicates.is_of_body_she_invites_to, NotFound),
    Permission.RENEW_KEYS: (predicates.is_of_own_body, NotFound),
    Permission.VOID_NOTE: (predicates.is_made_by_her_or_led, NotAllowed),
}
"""What must hold of the object besides the role, and how a refusal is said.

`is_not_another_states` is asked of every object, and refused as `NotFound`.
"""

_FRESH = timedelta(minutes=5)

STEP_UP: dict[Permission, timedelta] = {
    Permission.CHANGE_FACTORS: _FRESH,
    Permission.GRANT_ROLE: _FRESH,
    Permission.DISABLE_PERSON: _FRESH,
    Permission.INVITE_PERSON: _FRESH,
    Permission.RENEW_KEYS: _FRESH,
    Permission.CONFIRM_PERSON: _FRESH,
    Permission.REFOUND_CIRCLE: _FRESH,
    Permission.RETURN_ANSWERS: _FRESH,
    Permission.KEEP_RECOVERY_SHEET: _FRESH,
    Permission.CONFIRM_KEYRING_BACKUP: _FRESH,
    Permission.OPEN_EDITION: _FRESH,
    Permission.CLOSE_EDITION: _FRESH,
    Permission.APPROVE_NOTE: _FRESH,
    Permission.PRINT_CODE_LETTERS: _FRESH,
    Permission.SUBMIT_RESPONSE: _FRESH,
    Permission.RELEASE_ANSWER: _FRESH,
    Permission.NARROW_ANSWER: _FRESH,
    Permission.DOWNLOAD_RECEIPT: _FRESH,
    Permission.PUBLISH_ANSWER: _FRESH,
    Permission.EXPORT_PUBLISHED: _FRESH,
    Permission.DECIDE_WAITING: _FRESH,
    Permission.CHANGE_ROLE: _FRESH,
    Permission.PROPOSE_KEY_ACT: _FRESH,
    Permission.RETRACT_ANSWER: _FRESH,
    Permission.RELEASE_TABLE: _FRESH,
    Permission.CONFIRM_RESTORE: _FRESH,
    Permission.REVIEW_ANSWER: timedelta(minutes=30),
}
"""How old the last fresh second factor may be; asked on writing and on exports, not on reading."""

PASSKEY_ACTS: frozenset[Permission] = frozenset(STEP_UP)
"""Acts whose fresh second factor must be a passkey, but where `totp_step_up` is set (1.2, 1.6)."""
