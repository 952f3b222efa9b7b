"""Why a file is refused, in words that say what to do."""

from cooperation.core.errors import Invalid
from cooperation.core.text import Text, _

TOO_LARGE_INSIDE = _(
    "The file holds too much to be checked. Split it into smaller files, or make its pictures "
    "smaller, and add those."
)
ENCRYPTED = _(
    "The file asks for a password. Take the password away (in Word and Excel: File, Info, Protect "
    "Document, Encrypt with Password, and empty the field), or print it to a new PDF. Add that."
)
MACROS = _(
    "The file contains macros. In Word choose Save As, Word Document (.docx); in Excel, Excel "
    "Workbook (.xlsx). Add the new file."
)
EMBEDDED = _(
    "The file holds another file or an object of another program. Save it as PDF and add that, or "
    "replace the object by a picture of it."
)
LINKED = _(
    "The file fetches something from elsewhere, for example a linked picture. Break the link (in "
    "Word: File, Info, Edit Links to Files; in Excel: Data, Edit Links; in LibreOffice: Edit, "
    "Links to External Files), or save it as PDF and add that."
)
TEMPLATE = _(
    "The file fetches its template from the network. In Word choose File, Options, Add-ins; "
    "beside Manage choose Templates and Go; enter Normal as the document template. Or save it as "
    "PDF and add that."
)
FIELDS = _(
    "A field in the file starts another program (DDE). Remove the field, or save the file as PDF "
    "and add that."
)
ACTIVE_PDF = _(
    "The PDF holds a script, a film or an action that starts by itself. Open it, choose Print, and "
    "print it to a new PDF (for example Microsoft Print to PDF). Add that one."
)
ATTACHED_PDF = _(
    "The PDF carries other files inside. Open it, choose Print, and print it to a new PDF. Add "
    "that one, and the other files by themselves."
)
LINKED_PDF = _(
    "A link in the PDF leads to a network drive or starts a program. Remove the link in the "
    "document that the PDF was made from, and make the PDF again."
)
BROKEN_PDF = _(
    "The PDF is damaged, or written in a way that cannot be checked. Open it, choose Print, and "
    "print it to a new PDF. Add that one."
)
INFECTED = _("The virus check refuses this file. It was not kept. Tell your computer service.")
QUOTA = _("Your State's files are too many. Remove one from a draft, or write to the Secretariat.")
MORE_THAN_ONE = _(
    "The file holds a second one. Open it in the program that it was made with, save it under a "
    "new name, and add that."
)


class FileRefused(Invalid):
    """A file is not kept; the sentence says why."""


def ending_of(name: str) -> str:
    """Return a file name's ending in small letters."""
    return name.rpartition(".")[2].lower()


def wrong_content(ending: str) -> FileRefused:
    """Return the refusal of content that is not what the name's ending promises."""
    kind = ending.upper()[:10]
    sentence: Text = _(
        "The file is damaged, or its content is not %(kind)s. Open it in the program that it was "
        "made with, save it as %(kind)s, and add that.",
        kind=kind,
    )
    return FileRefused(sentence)


def too_many_pixels(most: int) -> FileRefused:
    """Return the refusal of an image with more pixels than any paper needs."""
    return FileRefused(
        _(
            "The image has more than %(most)s million pixels. Scan it with 300 dots per inch, or "
            "save it smaller, and add that.",
            most=most,
        )
    )
