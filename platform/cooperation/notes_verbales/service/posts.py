"""What the notes need of the register: who is addressed, where, and by which e-mail."""

from dataclasses import dataclass

from cooperation.access.context import RequestContext
from cooperation.editions import service as editions
from cooperation.editions.rules import Edition
from cooperation.notes_verbales.rules import Addressee, addressee_of
from cooperation.register import service as register
from cooperation.register.rules import Address, PostKind, StateParty


@dataclass(frozen=True)
class Recipient:
    """One State Party with the form of its addressee; `email` is empty where none is known."""

    state: StateParty
    addressee: Addressee
    email: str


def recipients_of(ctx: RequestContext, edition: Edition) -> list[Recipient]:
    """Return every State Party that takes part in the edition, by name."""
    parties = {state.code: state for state in register.parties_on(ctx.session, edition.opens_on)}
    addresses = register.addresses_of_record(ctx.session, ctx.root)
    return [
        _recipient(parties[each.state_code], addresses.get(each.state_code))
        for each in editions.participants(ctx.session, edition.id)
    ]


def _recipient(state: StateParty, address: Address | None) -> Recipient:
    kind = PostKind.EMBASSY_THE_HAGUE if address is None else address.kind
    place = "" if address is None else address.place
    return Recipient(
        state=state,
        addressee=addressee_of(state.formal_name_with_article, kind, place),
        email="" if address is None else address.email,
    )


def emails_of(ctx: RequestContext) -> dict[str, str]:
    """Return the e-mail addresses of record by State; States without one are left out."""
    addresses = register.addresses_of_record(ctx.session, ctx.root)
    return {code: address.email for code, address in addresses.items() if address.email}
