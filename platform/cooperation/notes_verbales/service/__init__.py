"""The door of the slice: prepare, continue, approve, send, record, read; code letters."""

from cooperation.notes_verbales.service.approve import approve_notes, void_notes
from cooperation.notes_verbales.service.compose import NoteWishes, prepare_notes, proposal_for
from cooperation.notes_verbales.service.delivery import (
    DeliveryAct,
    record_delivery,
    retry_failed_mails,
)
from cooperation.notes_verbales.service.letters import (
    LetterOverview,
    LetterRow,
    batch_for_letter,
    confirm_letters,
    letters_overview,
    print_code_letters,
)
from cooperation.notes_verbales.service.progress import Progress, continue_batch
from cooperation.notes_verbales.service.reading import (
    BatchView,
    DispatchView,
    OwnNote,
    annex_file,
    batch_view,
    batches,
    checks_of,
    note_file,
    own_annex_file,
    own_note_file,
    own_notes,
    zip_file,
)

__all__ = [
    "BatchView",
    "DeliveryAct",
    "DispatchView",
    "LetterOverview",
    "LetterRow",
    "NoteWishes",
    "OwnNote",
    "Progress",
    "annex_file",
    "approve_notes",
    "batch_for_letter",
    "batch_view",
    "batches",
    "checks_of",
    "confirm_letters",
    "continue_batch",
    "letters_overview",
    "note_file",
    "own_annex_file",
    "own_note_file",
    "own_notes",
    "prepare_notes",
    "print_code_letters",
    "proposal_for",
    "record_delivery",
    "retry_failed_mails",
    "void_notes",
    "zip_file",
]
