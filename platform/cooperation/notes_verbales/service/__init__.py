"""The door of the slice: prepare, continue, approve, send, record, read; code letters.

NotesPage: the notes of one reference as pages show them
approve_notes: approve exactly the notes whose hash the head saw; sending is
    `continue_batch`'s
batch_view: return a batch and its table State by State; raises `NotFound`
batches: return an edition's notes, newest first
continue_batch: do the next step of making or sending a batch's notes; return how far it
    came
letters_overview: return who has an account, whose letter is printed, and what waits to be
    confirmed
own_notes: return the approved notes to the person's own State, newest first
prepare_notes: make a batch with its annex and one copy for each State Party; return its id
proposal_for: return what the platform proposes: the next free reference, today, the usual
    languages
"""

from cooperation.notes_verbales.service.approve import approve_notes
from cooperation.notes_verbales.service.compose import prepare_notes, proposal_for
from cooperation.notes_verbales.service.letters import letters_overview
from cooperation.notes_verbales.service.progress import continue_batch
from cooperation.notes_verbales.service.reading import NotesPage, batch_view, batches, own_notes

__all__ = [
    "NotesPage",
    "approve_notes",
    "batch_view",
    "batches",
    "continue_batch",
    "letters_overview",
    "own_notes",
    "prepare_notes",
    "proposal_for",
]
