"""What a view declared with `@requires`, as the shell reads it; nothing declared is refused."""

from dataclasses import dataclass

from flask import Flask, current_app, request

from cooperation.access.policy import STEP_UP, Permission


@dataclass(frozen=True)
class Declaration:
    """The permission of a view and how its request is to be served."""

    permission: Permission | None
    logs_reading: bool
    step_up: bool | None
    own_transactions: bool
    takes_files: bool
    locks_late: bool = False

    @property
    def is_export(self) -> bool:
        """Whether the view takes a whole edition out of the database at once."""
        return self.permission is Permission.EXPORT_PUBLISHED

    @property
    def is_public(self) -> bool:
        """Whether nobody has to be signed in."""
        return self.permission is Permission.PUBLIC

    def asks_step_up(self, *, unsafe: bool) -> bool:
        """Tell whether this request asks for a fresh second factor."""
        if self.own_transactions:
            return False
        return unsafe if self.step_up is None else self.step_up


UNDECLARED = Declaration(
    permission=None, logs_reading=False, step_up=None, own_transactions=False, takes_files=False
)


def declaration_of(endpoint: str | None) -> Declaration:
    """Return what the view of an endpoint declared."""
    view = current_app.view_functions.get(endpoint or "")
    permission = getattr(view, "permission", None)
    if not isinstance(permission, Permission):
        return UNDECLARED
    step_up = getattr(view, "step_up", None)
    if step_up is None and permission not in STEP_UP:
        step_up = False
    return Declaration(
        permission=permission,
        logs_reading=bool(getattr(view, "logs_reading", False)),
        step_up=step_up,
        own_transactions=bool(getattr(view, "own_transactions", False)),
        takes_files=bool(getattr(view, "takes_files", False)),
        locks_late=bool(getattr(view, "locks_late", False)),
    )


class UndeclaredViewError(RuntimeError):
    """A route without `@requires`: the start stops, nothing is open by mistake."""


def refuse_undeclared(app: Flask) -> None:
    """Stop the start when a view declares no permission (reliability 1.7, rule 1)."""
    undeclared = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if not isinstance(getattr(view, "permission", None), Permission)
    ]
    if undeclared:
        raise UndeclaredViewError(f"views without @requires: {', '.join(sorted(undeclared))}")


def current_declaration() -> Declaration:
    """Return what the view of this request declared."""
    return declaration_of(request.endpoint)
