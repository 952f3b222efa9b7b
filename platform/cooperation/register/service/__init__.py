"""The door of the register: States, their posts, the import of addresses.

WRAPPED: what root rotation wraps anew
address_of_record: return the post that a State's notes and its first invitation go to, if
    there is one
addresses_of_record: return the posts of record of all States that have one, by State code
load_fictional_register: load the invented States of a demonstration; return how many were
    changed
load_register: bring the real register up to the shipped files; return how many States were
    changed
parties_on: return the States Parties on `day`, by English name
save_address: add a post, or replace that of `address_id` which was read at `version`;
    return its id
state: return one State of the register; raises `NotFound`
"""

from cooperation.register.models import WRAPPED
from cooperation.register.service.addresses import (
    address_of_record,
    addresses_of_record,
    save_address,
)
from cooperation.register.service.loading import load_fictional_register, load_register
from cooperation.register.service.states import parties_on, state

__all__ = [
    "WRAPPED",
    "address_of_record",
    "addresses_of_record",
    "load_fictional_register",
    "load_register",
    "parties_on",
    "save_address",
    "state",
]
