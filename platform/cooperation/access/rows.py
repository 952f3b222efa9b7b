"""Who reaches which rows, on one page: the rules of PostgreSQL's row-level security.

Source: design/product.md ("Who may read what"), design/reliability.md 1.7, rule 5. Whatever is not
written here is denied. Administrators and auditors (institution `none`) are nowhere but with people
and invitations. A table with a State's column needs a rule: a test tells. Tables without one hold
nothing of a single State: the log, signed statements, public keys, editions, mails without names.
"""

from cooperation.access.rules import Actor, Institution
from cooperation.core.row_scope import Duty, RowScope
from cooperation.core.row_security import (
    Rule,
    both,
    in_circle,
    on_duty,
    own,
    people_of,
    through,
    within,
)

_SECRETARIAT = people_of(Institution.SECRETARIAT)
_COURT = people_of(Institution.COURT)
_READERS = people_of(
    Institution.STATE, Institution.SECRETARIAT, Institution.COURT, Institution.CO_FACILITATORS
)
_PERSONS = people_of(*Institution)
_OFFICES = people_of(Institution.COURT, Institution.CO_FACILITATORS)
_ADMINISTRATION = people_of(Institution.NONE)
_DOOR = on_duty(Duty.DOOR)
_COMMAND = on_duty(Duty.COMMAND)
_HEADS = on_duty(Duty.HEADS)
_OF_NO_STATE = "state_code IS NULL"
_PARTY_OF_A_STATES = both("parent.state IS NOT NULL", in_circle("parent.parties"))
_OF_STATE = own()
_OF_PARENTS_STATE = own("parent.state_code")


def scope_of_actor(actor: Actor) -> RowScope:
    """Return the scope of a person's transaction, from what the directory says of her."""
    return RowScope(actor.institution.value, actor.state_code or "", actor.circles)


_ACCOUNTS = (
    _OF_STATE,
    both(_OFFICES, _OF_NO_STATE),
    people_of(Institution.SECRETARIAT, Institution.NONE),
    _DOOR,
    _COMMAND,
)
"""Who invites and manages accounts: the own State, the offices, the door and commands."""

RULES: dict[str, Rule] = {
    # --- drafts: the State alone ---------------------------------------------------------------
    "responses": Rule(
        read=(_OF_STATE, people_of(Institution.SECRETARIAT, Institution.CO_FACILITATORS)),
        write=(_OF_STATE,),
        why="The State; for the Secretariat and co-facilitators the progress, no answer.",
    ),
    "draft_answers": Rule(
        read=(through("responses", "response_id", condition=_OF_PARENTS_STATE),),
        write=(through("responses", "response_id", condition=_OF_PARENTS_STATE),),
        why="The State alone.",
    ),
    "draft_answer_versions": Rule(
        read=(through("draft_answers", "answer_id"),),
        write=(through("draft_answers", "answer_id"),),
        why="The State alone.",
    ),
    "prepared_signings": Rule(
        read=(through("responses", "response_id", condition=_OF_PARENTS_STATE),),
        write=(through("responses", "response_id", condition=_OF_PARENTS_STATE),),
        why="The State alone.",
    ),
    "reopenings": Rule(
        read=(through("responses", "response_id", condition=_OF_PARENTS_STATE),),
        write=(through("responses", "response_id", condition=_OF_PARENTS_STATE),),
        why="The State alone.",
    ),
    # --- submissions ---------------------------------------------------------------------------
    "submissions": Rule(
        read=(_OF_STATE, people_of(Institution.SECRETARIAT, Institution.COURT), _HEADS),
        write=(_OF_STATE,),
        why="The State, the Secretariat, the Court; heads for what is published and counted.",
    ),
    "submission_answers": Rule(
        read=(
            _OF_STATE,
            _SECRETARIAT,
            both(_COURT, within("audience", "restricted", "court")),
            both(_HEADS, within("audience", "states")),
        ),
        write=(_OF_STATE,),
        why="The State, the Secretariat; the Court what was given to it.",
    ),
    "submission_approvals": Rule(
        read=(_OF_STATE, people_of(Institution.SECRETARIAT, Institution.COURT)),
        write=(_OF_STATE,),
        why="As the submission.",
    ),
    "response_files": Rule(
        read=(
            _OF_STATE,
            through("bundles", "bundle_id", condition=in_circle("parent.parties")),
            both(_DOOR, "removed_at IS NOT NULL"),
        ),
        write=(_OF_STATE, both(_DOOR, "removed_at IS NOT NULL")),
        why="The State; of submitted answers also the Secretariat and the Court, by audience."
        " The server destroys what was removed.",
    ),
    "response_file_chunks": Rule(
        read=(through("response_files", "file_id"),),
        write=(
            through("response_files", "file_id", condition=_OF_PARENTS_STATE),
            through(
                "response_files", "file_id", condition=both(_DOOR, "parent.removed_at IS NOT NULL")
            ),
        ),
        why="As the file.",
    ),
    "approvals": Rule(
        read=(_OF_STATE, _SECRETARIAT),
        write=(_OF_STATE, _SECRETARIAT),
        why="The Secretariat's decisions, and the State concerned.",
    ),
    # --- publication ---------------------------------------------------------------------------
    "releases": Rule(
        read=(_OF_STATE, _SECRETARIAT),
        write=(_OF_STATE,),
        why="The State's word; the Secretariat reads it.",
    ),
    "proposal_items": Rule(
        read=(_OF_STATE, _SECRETARIAT),
        write=(_SECRETARIAT,),
        why="The Secretariat; the State, whose narrowing voids a proposal.",
    ),
    "retractions": Rule(
        read=(_OF_STATE, _SECRETARIAT),
        write=(_SECRETARIAT,),
        why="The Secretariat takes back what went out in error; the State concerned reads why.",
    ),
    "published_answers": Rule(
        read=(_READERS,),
        write=(_OF_STATE, _SECRETARIAT),
        why="All readers. The Secretariat publishes, the State narrows.",
    ),
    "published_files": Rule(
        read=(_READERS,),
        write=(_OF_STATE, _SECRETARIAT),
        why="All readers.",
    ),
    "published_file_chunks": Rule(
        read=(through("published_files", "file_id"),),
        write=(
            through("published_files", "file_id", condition=_OF_PARENTS_STATE),
            _SECRETARIAT,
        ),
        why="All readers.",
    ),
    # --- keys of content -----------------------------------------------------------------------
    "bundles": Rule(
        read=(in_circle("parties"), _SECRETARIAT, _COMMAND),
        write=(in_circle("acting"),),
        why="Headers, no content: whom a bundle is for, and the Secretariat; who acts makes it.",
    ),
    "grants": Rule(
        read=(through("bundles", "bundle_id"),),
        write=(
            through("bundles", "bundle_id", condition=in_circle("parent.acting")),
            through("bundles", "bundle_id", condition=_PARTY_OF_A_STATES),
            _COMMAND,
        ),
        why="As the bundle; of a State's, one that it is for gives another back what it opens.",
    ),
    # --- people --------------------------------------------------------------------------------
    "people": Rule(
        read=(
            _OF_STATE,
            both(_PERSONS, _OF_NO_STATE),
            people_of(Institution.SECRETARIAT, Institution.NONE),
            _DOOR,
            _COMMAND,
        ),
        write=_ACCOUNTS,
        why="Colleagues of the State and the offices; all for those who manage accounts.",
    ),
    "person_invitations": Rule(
        read=_ACCOUNTS,
        write=_ACCOUNTS,
        why="The inviter's own institution, and those who manage accounts.",
    ),
    "restore_losses": Rule(
        read=(_OF_STATE, people_of(Institution.SECRETARIAT, Institution.NONE)),
        write=(_COMMAND,),
        why="The State what of its own a restore has lost; the Secretariat and administrators all.",
    ),
    # --- notes verbales and the register -------------------------------------------------------
    "note_dispatches": Rule(
        read=(_OF_STATE, _SECRETARIAT),
        write=(_SECRETARIAT,),
        why="The Secretariat; a State its own notes.",
    ),
    "printed_letters": Rule(
        read=(_SECRETARIAT,),
        write=(_SECRETARIAT,),
        why="The Secretariat.",
    ),
    "addresses": Rule(
        read=(_OF_STATE, _SECRETARIAT, _DOOR, _COMMAND),
        write=(_SECRETARIAT, _COMMAND),
        why="The Secretariat; the State its own. The door writes to the address of record.",
    ),
    "membership_events": Rule(
        read=(_PERSONS, _DOOR, _COMMAND),
        write=(_COMMAND, _SECRETARIAT),
        why="Public facts of the register.",
    ),
    "edition_participants": Rule(
        read=(_PERSONS, _DOOR, _COMMAND),
        write=(_SECRETARIAT,),
        why="Who takes part is known to all.",
    ),
}
