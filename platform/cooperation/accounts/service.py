"""Use cases of accounts, the door of this slice. Everything that changes something is logged.

The shell
    boot_folder(settings, root) -> Path         for vault.sessions.boot_key, once per process
    Door(database, root, settings, boot_key, now, address)
        one per request, given to the views as `g.door` before any session is opened
    session_cookie(settings) -> str             "sid", or "__Host-sid" under https; set by our views
    open_session(session, root, boot_key, cookie, now) -> SignedIn | None
        reads only; None for a missing, ended, foreign or damaged cookie and for disabled people.
        SignedIn(actor, reader, session_id, person_name, is_touch_due): to be kept as `g.signed_in`;
        close `reader` at the end of the request (`with`). `session_id` is a random id, no secret
    touch_session(database, session_id, now) -> None
        in a transaction of its own; call it when `is_touch_due`, before the request's own opens
    csrf_key(cookie) -> bytes                   32 bytes, new whenever the cookie is
    find_outcome(ctx, *, key, body) -> Outcome | None      before the view; raises KeyUsedOtherwise
    store_outcome(ctx, *, key, body, outcome) -> None      Outcome(status, location, reply)
    Views declared with `own_transactions=True` (sign-in, second factor, activation, step-up) take
    `g.door`; around them no writing transaction may be open.

Sign-in (any caller that has the password: the pages, the demonstration builder, tests)
    begin_sign_in(door, *, email, password) -> str          value of the pending cookie (5 minutes)
        raises SignInRefused (Invalid), TooManyAttempts (NotAllowed), Unavailable
    finish_sign_in(door, *, pending, code, browser) -> str  value of the session cookie
        raises SignInOver (Conflict), CodeWrong (Invalid), TooManyAttempts
    ways_of_sign_in(door, *, pending) -> Ways               asks the passkeys; what else is taken
    finish_with_passkey(door, *, pending, credential, browser) -> str
    finish_with_recovery_code(door, *, pending, code, browser) -> str    can only register a passkey
    ways_of_step_up(door, signed_in, act) -> Ways
    step_up(door, *, cookie, code) -> str                   new value of the session cookie
    step_up_with_passkey(door, *, cookie, credential, act) -> str

Passkeys and recovery codes (a change ends the person's other sessions)
    factors_of(ctx) -> Factors                  her passkeys, how many her roles need, codes left
    begin_registration(door, signed_in) -> str  options for the browser; raises StepUpNeeded
    add_passkey(door, *, cookie, label, credential) -> str
    remove_passkey(door, signed_in, *, cookie, passkey_id) -> str
    make_recovery_codes(door, signed_in, *, cookie) -> tuple[str, ...]      shown once
    approval_options(ctx, challenge) -> str, check_approval(ctx, credential, challenge)
        for a slice whose act a passkey signs; a refusal (None) is logged and must be committed

    reader_for_session(door, *, cookie) -> SignedIn         for builders: raises SignInOver
    end_session(ctx, session_id), end_all_sessions(ctx), sessions_of(ctx, session_id)

Known devices (a cookie of its own, which proves nothing)
    device_of_request(cookie) -> str            the cookie's value, or a new one; for `Door.device`
    is_known_device(session, door, person_id) -> bool       asked before the sign-in is completed
    remember_device(session, door, person_id, browser)      done by every complete sign-in
    known_devices(ctx, device), forget_device(ctx, device_id)

Unused accounts and the yearly review
    begin_sign_in raises AccountBlocked after fifteen months without use
    confirm_person(ctx, person_id)              a colleague who invites people
    propose_confirmation(ctx, person_id, *, note), confirm_proposed(ctx, person_id)
        two people of the Secretariat, where there is no such colleague
    own_access_review(ctx, edition_id), confirm_access(ctx, edition_id, *, fingerprint)
    is_review_due(ctx, edition_id), access_reviews(ctx, edition_id)

Activation
    find_invitation(door, invitation_id) -> InvitationFacts    raises InvitationClosed
    begin_activation(door, *, invitation_id, halves, password, name, email) -> Begun
        name and email for first persons only. Begun(cookie, totp_seed)
    enrolment(door, *, cookie, invitation_id) -> Enrolment   picture and text of the seed
    finish_activation(door, *, cookie, invitation_id, code) -> str           the new person's id

People
    people_of(session, root, *, institution, state=None) -> list[Person]
    person_name(session, root, person_id) -> str
    colleagues(ctx), all_people(ctx), invitations_of(ctx), find_person(ctx, person_id)
    invite_person(ctx, *, name, email, role, organ, replaces) -> MadeInvitation
        MadeInvitation(id, email, code, token, ends_at); the token has gone by mail
    withdraw_invitation(ctx, invitation_id), disable_person(ctx, person_id), become_signatory(ctx)

Leaving and coming back
    leaving_of(ctx, person_id) -> Leaving       what happens, said before
    let_go(ctx, person_id) -> bool              disables; makes new keys where the actor can
    new_keys_due(ctx) -> NewKeys | None, make_new_keys(ctx)
    roles_to_follow(ctx, person_id), replace_person(ctx, person_id, *, name, email, role)
    invite_anew(ctx, person_id) -> MadeInvitation

Two persons (reliability 1.5)
    person_to_change(ctx, person_id), change_role(ctx, person_id, *, role) -> bool (waits)
    key_act_hash(root, kind, detail="") -> bytes; propose_key_act(ctx, *, kind, subject_hash, note)

The own password, recovery sheets
    change_password(door, *, cookie, old, new) -> the new cookie
        Raises PasswordWrong, Invalid, TooManyAttempts
    sheets_of(ctx), make_sheet(ctx) -> RecoverySheet, void_sheet(ctx, id), use_sheet(ctx, code)

Institutions whose people all lost access (for the Secretariat; `body` is a State's code or a word)
    institution(ctx, body) -> InstitutionView, access_counts(ctx), waiting_bodies(ctx)
    propose_refounding(ctx, body, *, note), confirm_refounding(ctx, body), withdraw_refounding
    returnable(ctx) -> [(body, name)], return_page(ctx, body), return_answers(ctx, body) -> int

Founding
    create_first_invitation(session, root, *, settings, now) -> tuple[str, str]     link and code
    founding_state(session) -> Founding            .missing, .is_complete
    confirm_keyring_backup(ctx)
    prepare_state_invitations(ctx, state_codes, *, ends_on) -> list[StateInvitation]
    confirm_printed(ctx, invitation_ids)

The own account and those whom one may disable
    own_history(ctx, *, before=None), history_of(ctx, person_id, *, before=None)
    end_sessions_but(ctx, session_id), sessions_of_person(ctx, person_id), end_sessions_of(ctx, id)
    notices: see `accounts.service.notices`, which other use cases of this slice call
    tell_of_unfinished(database, root, settings, now)       the server's own job
    write_down_ended(database, now) -> int                  so is this: no clock set back undoes it
    sessions_alive(session, now) -> int

Exports and readings (called where they happen)
    count_export(ctx)                                       raises ExportLimitReached (429)
    watch_reading(ctx)                    after a reading was logged; it never stops one
    reading_alarms(ctx) -> dict[person id, datetime], alarms_since(session, since) -> int
"""

from cooperation.accounts.joining.service.access_reviews import (
    AccessReview,
    ListChangedError,
    OwnReview,
    ReviewedError,
    access_reviews,
    confirm_access,
    is_review_due,
    own_access_review,
)
from cooperation.accounts.joining.service.activation import (
    Begun,
    Enrolment,
    InvitationClosed,
    InvitationFacts,
    begin_activation,
    enrolment,
    find_invitation,
    finish_activation,
)
from cooperation.accounts.joining.service.cases import Case, CaseKind, SecondPersonError, open_cases
from cooperation.accounts.joining.service.closing import OwnAccountError, disable_person
from cooperation.accounts.joining.service.confirming import (
    ColleagueFirstError,
    NotBlockedError,
    confirm_person,
    confirm_proposed,
    propose_confirmation,
)
from cooperation.accounts.joining.service.ended import sessions_alive, write_down_ended
from cooperation.accounts.joining.service.enrolments import EnrolmentOver
from cooperation.accounts.joining.service.founding import (
    FoundedError,
    StepState,
    confirm_keyring_backup,
    create_first_invitation,
    founding_state,
    is_keyring_backup_due,
    set_up_steps,
)
from cooperation.accounts.joining.service.grants import CHANGING_ROLE, INVITING
from cooperation.accounts.joining.service.institutions import (
    AccessCount,
    BlockedPerson,
    InstitutionView,
    NobodyToCloseError,
    NothingToReturnError,
    ReturnPage,
    access_counts,
    body_of_person,
    closed_bodies,
    confirm_refounding,
    institution,
    propose_refounding,
    return_answers,
    return_page,
    returnable,
    waiting_bodies,
    withdraw_refounding,
)
from cooperation.accounts.joining.service.inviting import (
    MadeInvitation,
    OpenInvitation,
    invitable_roles,
    invitations_of,
    invite_person,
    withdraw_invitation,
)
from cooperation.accounts.joining.service.key_acts import KEY_ACTS, key_act_hash, propose_key_act
from cooperation.accounts.joining.service.leaving import (
    Leaving,
    NewKeys,
    leaving_of,
    let_go,
    make_new_keys,
    new_keys_due,
)
from cooperation.accounts.joining.service.recovery_sheets import (
    make_sheet,
    sheets_of,
    use_sheet,
    void_sheet,
)
from cooperation.accounts.joining.service.restoring import (
    disable_again,
    forget_passkey,
    forget_sign_ins,
    hold_roles,
    people_with_held_roles,
    release_last_heads,
    spend_recovery_codes,
    void_again,
)
from cooperation.accounts.joining.service.role_changes import (
    become_signatory,
    change_role,
    may_change_role,
    person_to_change,
)
from cooperation.accounts.joining.service.state_invitations import (
    CodeLetterFacts,
    NotHeldError,
    StateInvitation,
    code_letter_of,
    confirm_printed,
    prepare_state_invitations,
)
from cooperation.accounts.joining.service.successors import (
    NobodyToConfirmError,
    invite_anew,
    is_last_second,
    replace_person,
    roles_to_follow,
)
from cooperation.accounts.models import WRAPPED
from cooperation.accounts.people.service.people import (
    LastHeadError,
    all_people,
    are_new_keys_due,
    colleagues,
    find_person,
    people_of,
    person_name,
)
from cooperation.accounts.people.service.unused import AccountBlocked, is_person_blocked
from cooperation.accounts.signin.service.attempts import TooManyAttempts
from cooperation.accounts.signin.service.codes import QrPicture, code_at
from cooperation.accounts.signin.service.devices import (
    KnownDevice,
    device_of_request,
    forget_device,
    is_known_device,
    known_devices,
    remember_device,
)
from cooperation.accounts.signin.service.door import (
    Door,
    boot_folder,
    csrf_key,
    device_cookie,
    pending_cookie,
    session_cookie,
)
from cooperation.accounts.signin.service.exports import ExportLimitReached, count_export
from cooperation.accounts.signin.service.history import (
    AccountEvent,
    AccountHistory,
    history_of,
    own_history,
)
from cooperation.accounts.signin.service.outcomes import (
    KeyUsedOtherwise,
    Outcome,
    find_outcome,
    store_outcome,
)
from cooperation.accounts.signin.service.passkeys import (
    Factors,
    OwnPasskey,
    approval_options,
    check_approval,
    factors_of,
    relying_party,
)
from cooperation.accounts.signin.service.passwords import PasswordWrong, change_password
from cooperation.accounts.signin.service.registration import (
    NoRecoveryCodes,
    add_passkey,
    begin_registration,
    make_recovery_codes,
    remove_passkey,
)
from cooperation.accounts.signin.service.second_factor import (
    CodeNotEnough,
    PasskeyNotAccepted,
    RecoveryCodeWrong,
    Ways,
    finish_sign_in,
    finish_with_passkey,
    finish_with_recovery_code,
    ways_of_sign_in,
)
from cooperation.accounts.signin.service.sessions import (
    OwnSession,
    SignedIn,
    end_all_sessions,
    end_everybodys_sessions,
    end_session,
    open_session,
    reader_for_session,
    sessions_of,
    touch_session,
)
from cooperation.accounts.signin.service.sign_in import (
    CodeWrong,
    SignInOver,
    SignInRefused,
    begin_sign_in,
)
from cooperation.accounts.signin.service.step_up import (
    step_up,
    step_up_with_passkey,
    ways_of_step_up,
)
from cooperation.accounts.signin.service.supervision import (
    OpenSession,
    end_sessions_but,
    end_sessions_of,
    sessions_of_person,
)
from cooperation.accounts.signin.service.unfinished import tell_of_unfinished
from cooperation.accounts.signin.service.watching import alarms_since, reading_alarms, watch_reading

__all__ = [
    "CHANGING_ROLE",
    "INVITING",
    "KEY_ACTS",
    "WRAPPED",
    "AccessCount",
    "AccessReview",
    "AccountBlocked",
    "AccountEvent",
    "AccountHistory",
    "Begun",
    "BlockedPerson",
    "Case",
    "CaseKind",
    "CodeLetterFacts",
    "CodeNotEnough",
    "CodeWrong",
    "ColleagueFirstError",
    "Door",
    "Enrolment",
    "EnrolmentOver",
    "ExportLimitReached",
    "Factors",
    "FoundedError",
    "InstitutionView",
    "InvitationClosed",
    "InvitationFacts",
    "KeyUsedOtherwise",
    "KnownDevice",
    "LastHeadError",
    "Leaving",
    "ListChangedError",
    "MadeInvitation",
    "NewKeys",
    "NoRecoveryCodes",
    "NobodyToCloseError",
    "NobodyToConfirmError",
    "NotBlockedError",
    "NotHeldError",
    "NothingToReturnError",
    "OpenInvitation",
    "OpenSession",
    "Outcome",
    "OwnAccountError",
    "OwnPasskey",
    "OwnReview",
    "OwnSession",
    "PasskeyNotAccepted",
    "PasswordWrong",
    "QrPicture",
    "RecoveryCodeWrong",
    "ReturnPage",
    "ReviewedError",
    "SecondPersonError",
    "SignInOver",
    "SignInRefused",
    "SignedIn",
    "StateInvitation",
    "StepState",
    "TooManyAttempts",
    "Ways",
    "access_counts",
    "access_reviews",
    "add_passkey",
    "alarms_since",
    "all_people",
    "approval_options",
    "are_new_keys_due",
    "become_signatory",
    "begin_activation",
    "begin_registration",
    "begin_sign_in",
    "body_of_person",
    "boot_folder",
    "change_password",
    "change_role",
    "check_approval",
    "closed_bodies",
    "code_at",
    "code_letter_of",
    "colleagues",
    "confirm_access",
    "confirm_keyring_backup",
    "confirm_person",
    "confirm_printed",
    "confirm_proposed",
    "confirm_refounding",
    "count_export",
    "create_first_invitation",
    "csrf_key",
    "device_cookie",
    "device_of_request",
    "disable_again",
    "disable_person",
    "end_all_sessions",
    "end_everybodys_sessions",
    "end_session",
    "end_sessions_but",
    "end_sessions_of",
    "enrolment",
    "factors_of",
    "find_invitation",
    "find_outcome",
    "find_person",
    "finish_activation",
    "finish_sign_in",
    "finish_with_passkey",
    "finish_with_recovery_code",
    "forget_device",
    "forget_passkey",
    "forget_sign_ins",
    "founding_state",
    "history_of",
    "hold_roles",
    "institution",
    "invitable_roles",
    "invitations_of",
    "invite_anew",
    "invite_person",
    "is_keyring_backup_due",
    "is_known_device",
    "is_last_second",
    "is_person_blocked",
    "is_review_due",
    "key_act_hash",
    "known_devices",
    "leaving_of",
    "let_go",
    "make_new_keys",
    "make_recovery_codes",
    "make_sheet",
    "may_change_role",
    "new_keys_due",
    "open_cases",
    "open_session",
    "own_access_review",
    "own_history",
    "pending_cookie",
    "people_of",
    "people_with_held_roles",
    "person_name",
    "person_to_change",
    "prepare_state_invitations",
    "propose_confirmation",
    "propose_key_act",
    "propose_refounding",
    "reader_for_session",
    "reading_alarms",
    "release_last_heads",
    "relying_party",
    "remember_device",
    "remove_passkey",
    "replace_person",
    "return_answers",
    "return_page",
    "returnable",
    "roles_to_follow",
    "session_cookie",
    "sessions_alive",
    "sessions_of",
    "sessions_of_person",
    "set_up_steps",
    "sheets_of",
    "spend_recovery_codes",
    "step_up",
    "step_up_with_passkey",
    "store_outcome",
    "tell_of_unfinished",
    "touch_session",
    "use_sheet",
    "void_again",
    "void_sheet",
    "waiting_bodies",
    "watch_reading",
    "ways_of_sign_in",
    "ways_of_step_up",
    "withdraw_invitation",
    "withdraw_refounding",
    "write_down_ended",
]
