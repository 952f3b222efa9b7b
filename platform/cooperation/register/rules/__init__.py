"""States Parties on a day, warnings, posts, the sheet of addresses, invented States; pure."""

from cooperation.register.rules.events import (
    EventKind,
    MembershipEvent,
    pending_events,
)
from cooperation.register.rules.fictional import fictional_addresses, fictional_states
from cooperation.register.rules.posts import (
    MAX_LINES,
    Address,
    AddressFields,
    PostKind,
    address_errors,
    completed,
)
from cooperation.register.rules.sheet import (
    COLUMNS,
    Column,
    LineError,
    Sheet,
    SheetRow,
    parse_sheet,
)
from cooperation.register.rules.states import (
    RegionalGroup,
    StateParty,
    count_by_group,
    parties_among,
    state_names,
)
from cooperation.register.rules.tables import SheetUnreadableError

__all__ = [
    "COLUMNS",
    "MAX_LINES",
    "Address",
    "AddressFields",
    "Column",
    "EventKind",
    "LineError",
    "MembershipEvent",
    "PostKind",
    "RegionalGroup",
    "Sheet",
    "SheetRow",
    "SheetUnreadableError",
    "StateParty",
    "address_errors",
    "completed",
    "count_by_group",
    "fictional_addresses",
    "fictional_states",
    "parse_sheet",
    "parties_among",
    "pending_events",
    "state_names",
]
