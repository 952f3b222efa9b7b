"""The slice's blueprint and what its templates share."""

from flask import Blueprint

from cooperation.editions.rules import STATUS_LABELS, EditionStatus

blueprint = Blueprint("editions", "cooperation.editions", template_folder="templates")

STATUS_KINDS: dict[EditionStatus, str] = {
    EditionStatus.PREPARED: "neutral",
    EditionStatus.OPEN: "progress",
    EditionStatus.CLOSED: "done",
}
"""The colour of the status's tag."""


@blueprint.context_processor
def _status_words() -> dict[str, object]:
    return {"status_labels": STATUS_LABELS, "status_kinds": STATUS_KINDS}
