"""Use cases of circles, the door of this slice. Everything writes its own entries in the log.

The instance (commands, start-up)
    create_instance(session, root, *, now) -> None            once, by `init`
    instance_id(session) -> str | None                        for a root key from the environment
    check_instance(session, root) -> None                     raises InstanceUnknownError
    verify_directory(session) -> None                         at the start, before workers fork
    directory_standing(session) -> Standing                   what had no effect, for the doctor
    statement_hashes(session, *, start, end, limit)           number and hash, for witnesses
    take_turn(session) -> None          one at a time changes the directory and sees all before it

Root rotation (commands; web/rotation.py)
    root_version(session) -> int                              the instance's, while rotating the new
    begin_rotation, rewrap, end_rotation                      resumable; logs "root.rotated"
    carried_versions(session, root, tables) -> Carried        what each version has wrapped

Restoring (safekeeping)
    wrapped_versions(session, tables) -> set[int]             of the root key, that are needed
    unopened_values(session, root, tables) -> Iterator[str]   names of wraps that do not open
    destroy_again(session, bundle_id, at), end_sheet_again(session, sheet_id, at) -> bool

People (accounts)
    open_member(session, root, *, person_id, password) -> OpenedMember
    open_member_again(session, root, opened) -> OpenedMember   as the blob stands now
        raises CannotOpen (wrong password, unknown or disabled person; equal cost is accounts' duty:
        vault.passwords.stretch_for_nobody)
    renew_anchor(session, root, opened) -> OpenedMember       at sign-in; writes the blob
    vouch_for_passkeys(session, root, opened, passkeys) -> OpenedMember     writes the blob
    disable_member(session, person_id, *, now) -> None        no key needed; log entry by accounts
    make_reader(opened, root) -> Reader                       from a session only
    roles_of(session, person_id) -> frozenset[Role]           verified directory; none when disabled
    circle_of(session, person_id) -> str                      "" for administrator and auditor
    circle_at(session, person_id, place) -> str               at an entry of the log
    signing_key_of(session, person_id, *, at=None) -> bytes   for statements.verify_signature;
        `at`: number of the log's entry under which she signed (keys change)
    set_roles(ctx, *, person_id, roles) -> bytes              signed `role`; logs "role.granted"

Two persons (reliability 1.5)
    end_founding(ctx) -> None             signed `founded`, once; is_founded(session) -> bool
    needs_second(session, circle) -> bool roles there wait for a second person's signature
    waiting_grant(session, subject) -> WaitingGrant | None         by the hash of its statement
    waiting_invitation(session, invitation_id) -> WaitingGrant | None
    sign_second(ctx, *, subject, subject_id) -> None    signed `second`; logs "grant.confirmed"

Invitations (accounts keeps names, tries, status; the id is accounts' own)
    invite_first_head(session, *, invitation_id, ends_at) -> Halves       on the console
    make_invitation(ctx, *, invitation_id, role, circle, ends_at) -> Halves
        founds or joins as the circle needs; circle "" for administrator and auditor;
        signs `invite`, logs "person.invited"
    void_invitation(session, invitation_id) -> None           log entry by accounts
    are_halves_right(session, *, invitation_id, halves) -> bool   raises CodeRefused for a bad form
    begin_enrolment(session, *, invitation_id, halves, password, profile, now) -> OpenedMember
        raises CodeRefused, CannotOpen (wrong halves), InvitationOverError, DirectoryChanged; writes
        nothing: SessionKeys.seal_enrolment / open_enrolment keep keys and halves between the pages.
        The new id is `opened.keys.person_id`, the seed `opened.keys.totp_seed`
    complete_enrolment(session, root, *, invitation_id, halves, opened, now) -> Activated
        writes member, statements, memberships; logs "person.activated" and the rest;
        raises AlreadyFoundedError, InvitationOverError

Circles
    circle_exists(session, name) -> bool
    fingerprint(session, name) -> str                         "3f2a 91c0 ..." (20 bytes of the hash)
    circle_versions(ctx, names) -> list[CircleVersion]
    reachable_circles(session, person_id) -> tuple[str, ...]  whose keys she may hold

Leaving, new keys (each in the request's one transaction)
    renew_circle(ctx, circle, *, removing=()) -> CircleVersion      `assembly` by a head
    change_member_keys(session, root, *, opened, blob_key, now, actor) -> OpenedMember
        vault.member.make_blob_key(password, profile) is for the caller, before the transaction
    members_awaiting_keys(session, circle) -> frozenset[str]        disabled, not yet removed
    propose_dissolution(ctx, circle), confirm_dissolution(ctx, circle) -> None
        two of the Secretariat, one a head; then make_invitation founds the circle again.
        Raise SamePersonError, ProposalOverError, CircleMissingError, StatementRefused
    what_returns(ctx, circle, *, if_dissolved=False) -> Returns
    regrant(ctx, circle) -> int                                     bundles granted again
    returnable(ctx, circle) -> int                                  how many that would be
    is_waiting_for_return(ctx) -> bool      something can still be given back to one's own circle
    make_recovery_sheet(ctx) -> RecoverySheet(id, code, made_at)    raises SheetExistsError
    recovery_sheets(ctx) -> list[SheetFacts]; void_recovery_sheet(ctx, id) -> None
    use_recovery_sheet(ctx, code) -> int
        raises CodeRefused, SheetNotNeededError, SheetTooOldError

Bundles (content; all take a context with a reader)
    create_bundle(ctx, *, kind, edition="", state=None, subject="") -> OpenBundle
        for the audience of its kind (circles.kinds); logs "bundle.created"
    bundle_for_writing(ctx, *, kind, edition, state=None) -> OpenBundle
        a new one where a circle was renewed since; is_current(ctx, bundle.row) -> bool
    open_lasting(ctx, bundle, items, *, kind, field) -> list[bytes]       of all bundles of a place
    open_what_is_left(...) -> list[bytes | None]     None: lost when the circle was founded again
    lost_bundles(ctx, ids) -> frozenset[str]; open_left(ctx, ids) -> dict[str, OpenBundle]
    find_bundles(ctx, *, kind, edition, state=None) -> list[BundleRow]
    open_bundle(ctx, bundle_id) -> OpenBundle                 raises NotFound, CannotOpen
    open_bundles(ctx, bundle_ids) -> dict[str, OpenBundle]
    WRAPPED: what root rotation wraps anew
    forget_verified: start as a new process would; for tests
    is_retired: tell whether the log says that a version of the root key is destroyed
    is_root_of: tell whether database and root key belong together
    is_rotation_under_way: tell whether a rotation was begun and has not ended
    record_retirement: note that a version of the root key is destroyed
"""

from cooperation.circles.models import WRAPPED
from cooperation.circles.service.activation import begin_enrolment, complete_enrolment
from cooperation.circles.service.bundles import (
    create_bundle,
    find_bundles,
    open_bundle,
    open_bundles,
)
from cooperation.circles.service.circle_keys import (
    circle_exists,
    circle_versions,
    fingerprint,
    reachable_circles,
)
from cooperation.circles.service.dissolution import confirm_dissolution, propose_dissolution
from cooperation.circles.service.instances import (
    check_instance,
    create_instance,
    instance_id,
    is_root_of,
)
from cooperation.circles.service.invitations import (
    are_halves_right,
    invite_first_head,
    make_invitation,
    void_invitation,
)
from cooperation.circles.service.lasting import (
    bundle_for_writing,
    is_current,
    lost_bundles,
    open_lasting,
    open_left,
    open_what_is_left,
)
from cooperation.circles.service.members import (
    circle_at,
    circle_of,
    disable_member,
    make_reader,
    members_awaiting_keys,
    open_member,
    open_member_again,
    renew_anchor,
    roles_of,
    set_roles,
    signing_key_of,
    vouch_for_passkeys,
)
from cooperation.circles.service.opened import OpenBundle
from cooperation.circles.service.rekeying import change_member_keys
from cooperation.circles.service.renewal import renew_circle, void_recovery_sheet
from cooperation.circles.service.restoring import destroy_again, end_sheet_again
from cooperation.circles.service.returning import (
    is_waiting_for_return,
    regrant,
    returnable,
    what_returns,
)
from cooperation.circles.service.rotation import (
    Carried,
    begin_rotation,
    carried_versions,
    end_rotation,
    is_retired,
    is_rotation_under_way,
    record_retirement,
    rewrap,
    root_version,
    unopened_values,
    wrapped_versions,
)
from cooperation.circles.service.seconds import (
    end_founding,
    is_founded,
    needs_second,
    sign_second,
    waiting_grant,
    waiting_invitation,
)
from cooperation.circles.service.sheets import (
    make_recovery_sheet,
    recovery_sheets,
    use_recovery_sheet,
)
from cooperation.circles.service.verified import (
    directory_standing,
    forget_verified,
    statement_hashes,
    take_turn,
    verify_directory,
)

__all__ = [
    "WRAPPED",
    "Carried",
    "OpenBundle",
    "are_halves_right",
    "begin_enrolment",
    "begin_rotation",
    "bundle_for_writing",
    "carried_versions",
    "change_member_keys",
    "check_instance",
    "circle_at",
    "circle_exists",
    "circle_of",
    "circle_versions",
    "complete_enrolment",
    "confirm_dissolution",
    "create_bundle",
    "create_instance",
    "destroy_again",
    "directory_standing",
    "disable_member",
    "end_founding",
    "end_rotation",
    "end_sheet_again",
    "find_bundles",
    "fingerprint",
    "forget_verified",
    "instance_id",
    "invite_first_head",
    "is_current",
    "is_founded",
    "is_retired",
    "is_root_of",
    "is_rotation_under_way",
    "is_waiting_for_return",
    "lost_bundles",
    "make_invitation",
    "make_reader",
    "make_recovery_sheet",
    "members_awaiting_keys",
    "needs_second",
    "open_bundle",
    "open_bundles",
    "open_lasting",
    "open_left",
    "open_member",
    "open_member_again",
    "open_what_is_left",
    "propose_dissolution",
    "reachable_circles",
    "record_retirement",
    "recovery_sheets",
    "regrant",
    "renew_anchor",
    "renew_circle",
    "returnable",
    "rewrap",
    "roles_of",
    "root_version",
    "set_roles",
    "sign_second",
    "signing_key_of",
    "statement_hashes",
    "take_turn",
    "unopened_values",
    "use_recovery_sheet",
    "verify_directory",
    "void_invitation",
    "void_recovery_sheet",
    "vouch_for_passkeys",
    "waiting_grant",
    "waiting_invitation",
    "what_returns",
    "wrapped_versions",
]
