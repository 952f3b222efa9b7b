"""Use cases of accounts, the door of this slice. Everything that changes something is logged.

The shell
    boot_folder(settings, root) -> Path         with vault.sessions.boot_key(folder): once per process
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
    store_outcome(ctx, *, key, body, outcome) -> None      after it; Outcome(status, location, reply)
    Views declared with `own_transactions=True` (sign-in, second factor, activation, step-up) take
    `g.door`; around them no writing transaction may be open.

Sign-in (any caller that has the password: the pages, the demonstration builder, tests)
    begin_sign_in(door, *, email, password) -> str          value of the pending cookie (5 minutes)
        raises SignInRefused (Invalid), TooManyAttempts (NotAllowed), Unavailable
    finish_sign_in(door, *, pending, code, browser) -> str  value of the session cookie
        raises SignInOver (Conflict), CodeWrong (Invalid), TooManyAttempts
    step_up(door, *, cookie, code) -> str                   new value of the session cookie
    reader_for_session(door, *, cookie) -> SignedIn         for builders: raises SignInOver
    sign_out(ctx, session_id), end_all_sessions(ctx), sessions_of(ctx, session_id)

Activation
    find_invitation(session, root, invitation_id, now) -> InvitationFacts    raises InvitationClosed
    begin_activation(door, *, invitation_id, halves, password, name, email) -> Begun
        password None: the platform makes a passphrase; name and email for first persons only.
        Begun(cookie, passphrase, totp_seed)
    enrolment(door, *, cookie, invitation_id) -> Enrolment   picture and text of the seed
    finish_activation(door, *, cookie, invitation_id, code) -> str           the new person's id

People
    people_of(session, root, *, institution, state=None) -> list[Person]
    person_name(session, root, person_id) -> str
    colleagues(ctx), all_people(ctx), invitations_of(ctx), find_person(ctx, person_id)
    invite_person(ctx, *, name, email, role, organ, replaces) -> MadeInvitation(id, email, code, ends_at)
    withdraw_invitation(ctx, invitation_id), disable_person(ctx, person_id), become_signatory(ctx)

Founding
    create_first_invitation(session, root, *, settings, now) -> tuple[str, str]     link and code
    founding_state(session, root) -> Founding
    confirm_keyring_backup(ctx)
    prepare_state_invitations(ctx, state_codes, *, ends_on) -> list[StateInvitation]
    confirm_printed(ctx, invitation_ids)
"""
