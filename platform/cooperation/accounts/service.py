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
    find_outcome(ctx, *, key, body) -> Outcome | None      before the view; raises KeyUsedOtherwise
    store_outcome(ctx, *, key, body, outcome) -> None      Outcome(status, location, reply)
    Views declared with `own_transactions=True` (sign-in, second factor, activation, step-up) take
    `g.door`; around them no writing transaction may be open.

Sign-in (any caller that has the password: the pages, the demonstration builder, tests)
    begin_sign_in(door, *, email, password) -> str          value of the pending cookie (5 minutes)
        raises SignInRefused (Invalid), TooManyAttempts (NotAllowed), Unavailable
    finish_sign_in(door, *, pending, code, browser) -> str  value of the session cookie
        raises SignInOver (Conflict), CodeWrong (Invalid), TooManyAttempts

Passkeys and recovery codes (a change ends the person's other sessions)
    approval_options(ctx, challenge) -> str, check_approval(ctx, credential, challenge)
        for a slice whose act a passkey signs; a refusal (None) is logged and must be committed

    reader_for_session(door, *, cookie) -> SignedIn         for builders: raises SignInOver
    end_session(ctx, session_id), end_all_sessions(ctx), sessions_of(ctx, session_id)

Known devices (a cookie of its own, which proves nothing)
    device_of_request(cookie) -> str            the cookie's value, or a new one; for `Door.device`

Unused accounts and the yearly review
    begin_sign_in raises AccountBlocked after fifteen months without use
    own_access_review(ctx, edition_id), confirm_access(ctx, edition_id, *, fingerprint)
    is_review_due(ctx, edition_id), access_reviews(ctx, edition_id)

Activation
    begin_activation(door, *, invitation_id, halves, password, name, email) -> Begun
        name and email for first persons only. Begun(cookie, totp_seed)
    finish_activation(door, *, cookie, invitation_id, code) -> str           the new person's id

People
    people_of(session, root, *, institution, state=None) -> list[Person]
    person_name(session, root, person_id) -> str
    colleagues(ctx), all_people(ctx), invitations_of(ctx), find_person(ctx, person_id)
    invite_person(ctx, *, name, email, role, organ, replaces) -> MadeInvitation
        MadeInvitation(id, email, code, token, ends_at); the token has gone by mail
    withdraw_invitation(ctx, invitation_id), disable_person(ctx, person_id), become_signatory(ctx)

Leaving and coming back
    new_keys_due(ctx) -> NewKeys | None, make_new_keys(ctx)

Two persons (reliability 1.5)
    key_act_hash(root, kind, detail="") -> bytes; propose_key_act(ctx, *, kind, subject_hash, note)

Institutions whose people all lost access (for the Secretariat; `body` is a State's code or a word)
    returnable(ctx) -> [(body, name)], return_page(ctx, body), return_answers(ctx, body) -> int

Founding
    create_first_invitation(session, root, *, settings, now) -> tuple[str, str]     link and code
    founding_state(session) -> Founding            .missing, .is_complete
    confirm_keyring_backup(ctx)
    prepare_state_invitations(ctx, state_codes, *, ends_on) -> list[StateInvitation]
    confirm_printed(ctx, invitation_ids)

The own account and those whom one may disable
    notices: see `accounts.service.notices`, which other use cases of this slice call
    tell_of_unfinished(database, root, settings, now)       the server's own job
    write_down_ended(database, now) -> int                  so is this: no clock set back undoes it
    sessions_alive(session, now) -> int

Exports and readings (called where they happen)
    count_export(ctx)                                       raises ExportLimitReached (429)
    watch_reading(ctx)                    after a reading was logged; it never stops one
    reading_alarms(ctx) -> dict[person id, datetime], alarms_since(session, since) -> int
    WRAPPED: what root rotation wraps anew
    FoundedError: the instance has its first person already
    access_counts: return by circle how many people have an account; names are not read
    closed_bodies: return word and name of the closed institutions that nobody has been invited
        to since
    code_at: return the code that an authenticator with this seed shows at `instant`
    device_cookie: return the name of the cookie by which a browser is known again
    disable_again: disable an account that was disabled after the backup; new keys are due to
        its circle
    end_everybodys_sessions: sign everybody out and end activations under way: their cookies go
        with the old root key
    forget_passkey: delete a passkey that was removed after the backup
    forget_sign_ins: sign everybody out, and take no code of an authenticator that may have been
        used already
    hold_roles: hold back the role of a person whose role was changed after the backup
    is_keyring_backup_due: tell whether the root key was rotated after the last confirmed backup
        of the keyring
    pending_cookie: return the name of the cookie of a sign-in or an activation under way
    people_with_held_roles: return the ids of the active people whose roles are held back
    release_last_heads: let the heads be heads whose roles are held where nobody else is; return
        how many, and whom
    spend_recovery_codes: delete all recovery codes of a person who used one: which one it was,
        the log never said
    void_again: void an invitation that was voided after the backup
    waiting_bodies: return word and name of the institutions where another person's proposal
        waits for hers
    INVITING, CHANGING_ROLE, KEY_ACTS: acts of two persons (see two_persons)
"""

from cooperation.accounts.joining.service.access_reviews import (
    access_reviews,
    confirm_access,
    is_review_due,
    own_access_review,
)
from cooperation.accounts.joining.service.activation import begin_activation, finish_activation
from cooperation.accounts.joining.service.ended import sessions_alive, write_down_ended
from cooperation.accounts.joining.service.founding import (
    FoundedError,
    confirm_keyring_backup,
    create_first_invitation,
    founding_state,
    is_keyring_backup_due,
)
from cooperation.accounts.joining.service.grants import CHANGING_ROLE, INVITING
from cooperation.accounts.joining.service.institutions import (
    access_counts,
    closed_bodies,
    returnable,
    waiting_bodies,
)
from cooperation.accounts.joining.service.inviting import invite_person
from cooperation.accounts.joining.service.key_acts import KEY_ACTS, key_act_hash
from cooperation.accounts.joining.service.leaving import new_keys_due
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
from cooperation.accounts.joining.service.role_changes import become_signatory
from cooperation.accounts.joining.service.state_invitations import (
    StateInvitation,
    confirm_printed,
    prepare_state_invitations,
)
from cooperation.accounts.models import WRAPPED
from cooperation.accounts.people.service.people import colleagues, people_of, person_name
from cooperation.accounts.signin.service.codes import code_at
from cooperation.accounts.signin.service.devices import device_of_request
from cooperation.accounts.signin.service.door import (
    Door,
    boot_folder,
    device_cookie,
    pending_cookie,
    session_cookie,
)
from cooperation.accounts.signin.service.exports import count_export
from cooperation.accounts.signin.service.outcomes import Outcome, find_outcome, store_outcome
from cooperation.accounts.signin.service.passkeys import approval_options, check_approval
from cooperation.accounts.signin.service.second_factor import finish_sign_in
from cooperation.accounts.signin.service.sessions import (
    SignedIn,
    end_all_sessions,
    end_everybodys_sessions,
    open_session,
    reader_for_session,
    touch_session,
)
from cooperation.accounts.signin.service.sign_in import SignInOver, begin_sign_in
from cooperation.accounts.signin.service.unfinished import tell_of_unfinished
from cooperation.accounts.signin.service.watching import alarms_since, reading_alarms, watch_reading

__all__ = [
    "CHANGING_ROLE",
    "INVITING",
    "KEY_ACTS",
    "WRAPPED",
    "Door",
    "FoundedError",
    "Outcome",
    "SignInOver",
    "SignedIn",
    "StateInvitation",
    "access_counts",
    "access_reviews",
    "alarms_since",
    "approval_options",
    "become_signatory",
    "begin_activation",
    "begin_sign_in",
    "boot_folder",
    "check_approval",
    "closed_bodies",
    "code_at",
    "colleagues",
    "confirm_access",
    "confirm_keyring_backup",
    "confirm_printed",
    "count_export",
    "create_first_invitation",
    "device_cookie",
    "device_of_request",
    "disable_again",
    "end_all_sessions",
    "end_everybodys_sessions",
    "find_outcome",
    "finish_activation",
    "finish_sign_in",
    "forget_passkey",
    "forget_sign_ins",
    "founding_state",
    "hold_roles",
    "invite_person",
    "is_keyring_backup_due",
    "is_review_due",
    "key_act_hash",
    "new_keys_due",
    "open_session",
    "own_access_review",
    "pending_cookie",
    "people_of",
    "people_with_held_roles",
    "person_name",
    "prepare_state_invitations",
    "reader_for_session",
    "reading_alarms",
    "release_last_heads",
    "returnable",
    "session_cookie",
    "sessions_alive",
    "spend_recovery_codes",
    "store_outcome",
    "tell_of_unfinished",
    "touch_session",
    "void_again",
    "waiting_bodies",
    "watch_reading",
    "write_down_ended",
]
