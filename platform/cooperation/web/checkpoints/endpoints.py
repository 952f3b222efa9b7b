"""What witnesses fetch and send: no account, no session, plain text, hashes and signatures only.

`GET /log/checkpoint` the latest note; `GET /log/consistency?from=N&to=M` a proof that the log of M
entries begins with the one of N, one base64 hash a line; `GET /log/statements?from=N` number and
base64 hash of the signed statements of keys from entry N on that a checkpoint holds, at most
`MOST_LINES`: the platform's word, so that a witness sees a statement that stands there twice;
`POST /log/cosignature` a note that a witness has signed; `GET /log/witness.py` her program.
"""

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from cooperation.access.guard import requires
from cooperation.access.policy import Permission
from cooperation.audit import service as audit
from cooperation.audit.service import WitnessUnknownError
from cooperation.circles import service as circles
from cooperation.core.downloads import Download
from cooperation.core.errors import NotFound
from cooperation.vault.errors import NoteRefusedError
from cooperation.vault.signed_notes import number_of, to_base64
from cooperation.web.checkpoints.programs import WITNESS
from cooperation.web.server import server

blueprint = Blueprint("checkpoints", __name__)

NOTE_BYTES = 4 * 1024
MOST_LINES = 1_000
WITHOUT_PERSON = frozenset(
    {
        "checkpoints.latest",
        "checkpoints.consistency",
        "checkpoints.statements",
        "checkpoints.cosign",
        "checkpoints.witness_program",
    }
)


def _text(content: str, status: int = 200) -> Response:
    return Response(content, status=status, content_type="text/plain; charset=utf-8")


@blueprint.get("/log/checkpoint")
@requires(Permission.PUBLIC)
def latest() -> Response:
    """Answer the latest checkpoint with the cosignatures below it."""
    with server().database.reading() as session:
        found = audit.latest_checkpoint(session)
    return _text(found.note) if found else _text("no checkpoint yet\n", 404)


@blueprint.get("/log/consistency")
@requires(Permission.PUBLIC)
def consistency() -> Response:
    """Answer the proof between two sizes, of which the later was signed already."""
    try:
        earlier, later = (number_of(request.args.get(name, "")) for name in ("from", "to"))
    except NoteRefusedError:
        return _text("from and to must be numbers of entries\n", 400)
    with server().database.reading() as session:
        signed = audit.latest_checkpoint(session)
        if signed is None or not 0 < earlier <= later <= signed.size:
            return _text("no checkpoint holds so many entries\n", 404)
        proof = audit.consistency_proof(session, earlier, later)
    return _text("".join(f"{to_base64(each)}\n" for each in proof))


@blueprint.get("/log/statements")
@requires(Permission.PUBLIC)
def statements() -> Response:
    """Answer the next statements of keys, as far as they were signed by a checkpoint."""
    try:
        start = number_of(request.args.get("from", ""))
    except NoteRefusedError:
        return _text("from must be the number of an entry\n", 400)
    with server().database.reading() as session:
        signed = audit.latest_checkpoint(session)
        end = signed.size if signed else 0
        found = circles.statement_hashes(session, start=start, end=end, limit=MOST_LINES)
    return _text("".join(f"{seq} {to_base64(each)}\n" for seq, each in found))


@blueprint.post("/log/cosignature")
@requires(Permission.PUBLIC)
def cosign() -> Response:
    """Keep a witness's signature of a checkpoint; the same one again changes nothing."""
    body = request.get_data(cache=False)
    if request.mimetype != "text/plain":
        return _text("send text/plain\n", 415)
    held = server()
    try:
        names = audit.accept_cosignatures(
            held.database, held.settings, body.decode(), held.clock.now()
        )
    except (UnicodeDecodeError, NoteRefusedError):
        return _text("not a checkpoint with a valid cosignature\n", 400)
    except WitnessUnknownError:
        return _text("no signature is of a witness of this log\n", 403)
    except NotFound:
        return _text("this checkpoint was not issued here\n", 404)
    return _text("".join(f"kept {name}\n" for name in names))


@blueprint.get("/log/witness.py")
@requires(Permission.PUBLIC)
def witness_program() -> ResponseReturnValue:
    """Send the witness's program as it is packaged here."""
    return Download(WITNESS.name, "text/x-python; charset=utf-8", WITNESS.read_bytes()).sent()
