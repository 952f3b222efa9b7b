"""Who plays: the bodies' people, and for each State that takes part its own."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs, urlsplit

from cooperation.access.rules import Role
from cooperation.accounts import service as accounts
from cooperation.demonstration.stage import Player, Stage
from cooperation.register import service as register
from cooperation.register.rules import AddressFields, PostKind, StateParty
from cooperation.vault.invitation import Halves


@dataclass(frozen=True)
class Team:
    """A State that takes part: who drafts and who signs, often one person."""

    state: StateParty
    focal_point: Player
    signatory: Player

    @property
    def is_shown(self) -> bool:
        """Whether whoever looks at the demonstration can sign in for this State."""
        return self.state.code in SHOWN_STATES


ASKING_STATE = "LA01"
FULL_STATES = ("AF01", "WE01")
SHOWN_STATES = (*FULL_STATES, ASKING_STATE)
WITHOUT_ADDRESS_EVERY = 16
BODIES = (
    (Role.OFFICER, "Officer of the Secretariat"),
    (Role.COURT_READER, "Court reader (Registry)"),
    (Role.CO_FACILITATOR, "Co-facilitator"),
    (Role.AUDITOR, "Auditor"),
    (Role.ADMINISTRATOR, "Administrator"),
)


def halves_of(link: str, code: str) -> tuple[str, Halves]:
    """Return the invitation's id and both halves from a link and a code."""
    parts = urlsplit(link)
    token = parse_qs(parts.query)["token"][0]
    return parts.path.rsplit("/", 1)[1], Halves(token, code)


def found_bodies(stage: Stage, link: str, code: str) -> dict[Role, Player]:
    """Activate the first head, who invites one person for each body and confirms the backup."""
    invitation_id, halves = halves_of(link, code)
    head = stage.activate(invitation_id, halves, Role.HEAD, name="Head of the Secretariat")
    bodies = {Role.HEAD: head}
    for role, name in BODIES:
        bodies[role] = stage.invite(head, role, name=name)
    with stage.acting(bodies[Role.ADMINISTRATOR]) as ctx:
        accounts.confirm_keyring_backup(ctx)
    return bodies


def in_turn(states: list[StateParty]) -> list[StateParty]:
    """Return the States group by group in turn, so that every share of them is a fair one."""
    return sorted(states, key=lambda state: (state.code[2:], state.group.value))


def invite_states(
    stage: Stage, head: Player, states: list[StateParty], *, ends_on: date
) -> dict[str, Player]:
    """Print code letters for States, and let each State's first person activate."""
    with stage.acting(head) as ctx:
        made = accounts.prepare_state_invitations(
            ctx, [state.code for state in states], ends_on=ends_on
        )
        accounts.confirm_printed(ctx, [each.invitation_id for each in made])
    names = {state.code: state.name for state in states}
    return {each.state_code: _first_person(stage, each, names[each.state_code]) for each in made}


def _first_person(stage: Stage, made: accounts.StateInvitation, name: str) -> Player:
    if made.link is None:
        raise ValueError("the demonstration prints links, as no address is known yet")
    invitation_id, halves = halves_of(made.link, made.code)
    return stage.activate(
        invitation_id,
        halves,
        Role.FOCAL_POINT,
        name=f"Focal point of {name}",
        state=made.state_code,
    )


def complete_state(stage: Stage, focal_point: Player) -> Player:
    """Give a State its signatory; return who signs.

    In the States whose every role can be tried, contributor and signatory are persons of their own.
    """
    state = focal_point.state_code
    if state not in FULL_STATES:
        with stage.acting(focal_point) as ctx:
            accounts.become_signatory(ctx)
        return focal_point
    place = focal_point.name.removeprefix("Focal point of ")
    stage.invite(focal_point, Role.CONTRIBUTOR, name=f"Contributor of {place}")
    return stage.invite(focal_point, Role.SIGNATORY, name=f"Signatory of {place}")


def gather(stage: Stage, head: Player, states: list[StateParty], *, ends_on: date) -> list[Team]:
    """Invite these States and complete each; in the order given."""
    first = invite_states(stage, head, states, ends_on=ends_on)
    return [
        Team(state, first[state.code], complete_state(stage, first[state.code])) for state in states
    ]


def enter_addresses(stage: Stage, officer: Player, states: list[StateParty]) -> None:
    """Enter an embassy for each State; a few have no e-mail address and get notes by hand."""
    with stage.acting(officer) as ctx:
        for number, state in enumerate(states):
            email = f"embassy@{state.code.lower()}.example.org"
            has_email = number % WITHOUT_ADDRESS_EVERY != WITHOUT_ADDRESS_EVERY - 1
            given = AddressFields(
                kind=PostKind.EMBASSY_THE_HAGUE,
                place="The Hague",
                lines=(f"{number + 1} Laan van de Voorbeelden", "The Hague"),
                email=email if has_email else "",
                is_of_record=True,
            )
            register.save_address(ctx, state_code=state.code, given=given)
