"""The door of the register: States, their posts, the import of addresses."""

from cooperation.register.models import WRAPPED
from cooperation.register.service.addresses import (
    AddressChangedError,
    address,
    address_of_record,
    addresses,
    addresses_of_record,
    delete_address,
    save_address,
)
from cooperation.register.service.imports import (
    ImportPreview,
    PreviewRow,
    RowEffect,
    import_addresses,
    preview_import,
    read_sheet,
    store_import,
)
from cooperation.register.service.loading import (
    fictional_register,
    load_fictional_register,
    load_register,
)
from cooperation.register.service.states import (
    StateLine,
    StateProfile,
    list_parties,
    parties_on,
    profile,
    state,
    states,
)

__all__ = [
    "WRAPPED",
    "AddressChangedError",
    "ImportPreview",
    "PreviewRow",
    "RowEffect",
    "StateLine",
    "StateProfile",
    "address",
    "address_of_record",
    "addresses",
    "addresses_of_record",
    "delete_address",
    "fictional_register",
    "import_addresses",
    "list_parties",
    "load_fictional_register",
    "load_register",
    "parties_on",
    "preview_import",
    "profile",
    "read_sheet",
    "save_address",
    "state",
    "states",
    "store_import",
]
