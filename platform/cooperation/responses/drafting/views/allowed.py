"""What the pages of a response offer to the person who looks at them."""

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed
from cooperation.access.policy import Permission
from cooperation.responses.drafting.service.frame import Frame


def may_write(ctx: RequestContext, frame: Frame) -> bool:
    """Tell whether she can change answers here and now."""
    is_allowed_to = is_allowed(ctx.actor, Permission.WRITE_ANSWER)
    return is_allowed_to and frame.edition.is_open and not frame.is_ready


def may_reopen(ctx: RequestContext, frame: Frame) -> bool:
    """Tell whether she can make a response that waits for signature a draft again."""
    is_waiting = frame.is_ready and frame.edition.is_open
    return is_waiting and is_allowed(ctx.actor, Permission.REOPEN_RESPONSE)
