"""The life of a request: checks, transaction, view, commit, answer.

In this order: host, method and characters; who is signed in; own page and token; the declared
permission; the form's key and its earlier outcome; a fresh second factor; the view; commit; and
only then the answer (reliability 4.2, rule 1).
"""

import structlog
from flask import Flask, Response, g, jsonify, make_response, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import Forbidden

from cooperation.access.guard import is_allowed, is_stepped_up
from cooperation.accounts import service as accounts
from cooperation.accounts.forms import FactorForm
from cooperation.accounts.rules import browser_name
from cooperation.accounts.signin.views.step_up import step_up_page
from cooperation.audit import service as audit
from cooperation.core.errors import FieldsRefused, NotAllowed, PasskeyNeeded, StepUpNeeded
from cooperation.core.ids import new_id
from cooperation.core.requests import browser_kind, request_id
from cooperation.core.settings import Mode
from cooperation.core.text import _
from cooperation.web import kept, repeats, unsaved
from cooperation.web.checkpoints import endpoints
from cooperation.web.checkpoints.issuing import issue_after_commit
from cooperation.web.declaration import UNDECLARED, Declaration, current_declaration
from cooperation.web.delivery import commit_act, keep_readings, note_undelivered
from cooperation.web.errors import failure_response, unsaved_response
from cooperation.web.fields import FILE_FIELD, SentFields, install_strict_forms
from cooperation.web.headers import require_writable
from cooperation.web.incoming import (
    SAFE_METHODS,
    CharacterRefused,
    refuse_strange,
    request,
    set_limits,
)
from cooperation.web.kit.editions import find_edition
from cooperation.web.origin import CSRFError, require_own_page
from cooperation.web.reports import REPORT_BYTES
from cooperation.web.server import server
from cooperation.web.session import (
    close_transaction,
    forget_person,
    open_transaction,
)
from cooperation.web.space import may_wait

log = structlog.get_logger("cooperation")

_STRANGE = _(
    "What you entered held invisible characters, as programs leave them when text is copied, or "
    "more than 30 accents on one letter. They were taken out here. Nothing is saved yet: look at "
    "it, then send it."
)
_NOT_AS_MADE = _(
    "The form did not arrive as this page made it. What belongs to it is kept here. Nothing is "
    "saved yet: look at it, then send it."
)
_WITHOUT_PERSON = (
    frozenset({"assets.file", "health.health", "reports.receive"}) | endpoints.WITHOUT_PERSON
)
_FOR_NEW_PASSKEY = frozenset(
    {"accounts.passkeys", "accounts.new_passkey", "accounts.add_passkey", "accounts.sign_out"}
)
"""Where a session that began with a recovery code may go."""


def is_unsafe() -> bool:
    """Tell whether the request's method may change something."""
    return request.method not in SAFE_METHODS


def begin() -> ResponseReturnValue | None:
    """Check the request and open its transaction; a response here is the answer."""
    request_id.set(new_id())
    browser_kind.set(browser_name(request.headers.get("User-Agent", "")))
    refuse_strange()
    if request.endpoint in _WITHOUT_PERSON:
        is_of_log = request.endpoint in endpoints.WITHOUT_PERSON
        request.max_content_length = endpoints.NOTE_BYTES if is_of_log else REPORT_BYTES
        return None
    server().root.require_at_hand()
    declaration = current_declaration()
    set_limits(takes_files=declaration.takes_files, keeps_fields=declaration.own_transactions)
    open_transaction(declaration, unsafe=is_unsafe())
    if request.endpoint is None:
        return None  # routing failed; the page of 404 or 405 follows
    if declaration is UNDECLARED:
        raise Forbidden
    if is_unsafe():
        refused = _refuse_foreign()
        if refused is not None:
            return refused
        if _is_strange(declaration):
            return _refuse_characters()
    if declaration.own_transactions:
        _prepare_own(declaration)
    refused = admit(declaration)
    if refused is None and declaration.is_export:
        refused = _take_turn(declaration)
    if refused is None:
        find_edition()
    return refused


def _take_turn(declaration: Declaration) -> ResponseReturnValue | None:
    """Wait for the turn to export; what was found out before the wait is asked anew after it."""
    close_transaction()
    forget_person()
    g.turn = server().exports.take()
    open_transaction(declaration, unsafe=is_unsafe())
    return admit(declaration)


def _is_strange(declaration: Declaration) -> bool:
    """Tell whether a form held unwanted characters of which its sender must hear.

    What is typed to sign in is shown to nobody, and a script cannot ask: there they are left out.
    """
    return request.is_strange and not (declaration.own_transactions or request.is_autosave)


def _prepare_own(declaration: Declaration) -> None:
    """Let a page of sign-in carry a kept form; refuse before its act what comes with no form.

    Its service commits for itself: fields that the form does not know are refused by the form
    (accounts.forms.WholeForm), and files here.
    """
    kept.carry(kept.from_request())
    if is_unsafe() and _holds_other_files(declaration):
        raise FieldsRefused


def _refuse_characters() -> ResponseReturnValue:
    """Show what was entered without the characters that nobody types, for one click."""
    if g.get("signed_in") is None or not unsaved.is_of_person():
        raise CharacterRefused
    return kept.page_of(kept.of_request(), reason=_STRANGE), 400


def _refuse_fields() -> ResponseReturnValue:
    """Answer a form that is not as its page made it; what belongs to it comes back."""
    sent = request.fields
    names = sorted(sent.unknown | sent.repeated) if server().settings.mode is Mode.TEST else ()
    log.info("form refused", number=len(sent.unknown | sent.repeated), names=names)
    if g.get("signed_in") is not None and unsaved.is_of_person():
        page = kept.page_of(kept.of_request(request.fields.only_known()), reason=_NOT_AS_MADE)
        g.has_failed = True
        return page, 422
    return failure_response(422, FieldsRefused.sentence)


def _on_fields_refused(error: FieldsRefused) -> ResponseReturnValue:
    del error
    return _refuse_fields()


def _refuse_foreign() -> ResponseReturnValue | None:
    """Refuse another site's form; an outdated one of our own page comes back to who filled it in.

    The key tells for whom the page was made, so no other site can have made it.
    """
    try:
        require_own_page()
    except CSRFError:
        if request.is_autosave and request.endpoint is not None:
            return _renewed()
        if current_declaration().own_transactions and (form := kept.from_request()) is not None:
            return unsaved.sign_in_page(form, "ended" if request.cookies else "no_cookie"), 400
        if not unsaved.is_of_person() or not unsaved.has_key():
            raise
        if g.signed_in is None:
            return _ask_to_sign_in()
        repeats.require_form_key(g.context)
        return kept.page_of(kept.of_request(), is_outdated=True), 400
    return None


def _renewed() -> ResponseReturnValue:
    """Give the script of a page the token of the present visit, or say that it is signed out.

    Only our own pages can send its header and read the answer: no other origin passes the browser's
    question before such a request (CORS). The form's key is judged when it is sent again.
    """
    if g.signed_in is None:
        return failure_response(401)
    return jsonify(status="outdated", token=generate_csrf()), 400


def _on_form_of_another(error: repeats.FormOfAnother) -> ResponseReturnValue:
    """Two people at one desk: what one typed waits for her own sign-in, and is not shown."""
    if not unsaved.is_of_person():
        return failure_response(401 if request.is_autosave else 409, error.sentence)
    return unsaved.sign_in_page(kept.of_request(), "another"), 409


def admit(declaration: Declaration) -> ResponseReturnValue | None:
    """Let pass who may do this, with a form that was not sent before; else return the answer."""
    if declaration.is_public:
        return None
    if g.signed_in is None:
        return _ask_to_sign_in()
    assert declaration.permission is not None  # noqa: S101 - UNDECLARED was refused
    if not is_allowed(g.signed_in.actor, declaration.permission):
        raise NotAllowed
    if g.signed_in.must_register and request.endpoint not in _FOR_NEW_PASSKEY:
        return _ask_for_passkey()
    if is_unsafe() and not declaration.own_transactions:
        g.form_key = repeats.require_form_key(g.context)
        earlier = repeats.earlier_response(g.context, g.form_key)
        if earlier is not None:
            g.is_repeat = True
            return earlier
        if may_wait(declaration) and server().space.low():
            return unsaved_response(507)
    if declaration.asks_step_up(unsafe=is_unsafe()) and not is_stepped_up(
        g.signed_in.actor, declaration.permission, g.door.now
    ):
        return _ask_for_factor()
    return None


def _ask_for_passkey() -> ResponseReturnValue:
    """Whoever came with a recovery code registers a new passkey before anything else."""
    if not is_unsafe():
        return redirect(url_for("accounts.passkeys"), 303)
    raise PasskeyNeeded


def _ask_to_sign_in() -> ResponseReturnValue:
    """Send a reader to sign-in; keep what a writer typed (reliability 1.3)."""
    if not is_unsafe():
        address = request.full_path.rstrip("?")
        wanted = None if address == "/" else address
        ended = "yes" if request.cookies.get(accounts.session_cookie(server().settings)) else None
        return redirect(url_for("accounts.sign_in", next=wanted, ended=ended), 303)
    if request.is_autosave:
        return failure_response(401)
    return unsaved.sign_in_page(kept.of_request(), "ended"), 401


def _ask_for_factor() -> ResponseReturnValue:
    """Ask for a fresh second factor; the form goes on by itself afterwards."""
    close_transaction()
    if not is_unsafe():
        return redirect(url_for("accounts.step_up", next=request.full_path.rstrip("?")), 303)
    kept.carry(kept.of_request())
    return step_up_page(FactorForm(), 403)


def _on_step_up_needed(error: StepUpNeeded) -> ResponseReturnValue:
    """A service found the last factor too old or too weak: the same page as at the gate."""
    del error
    return _ask_for_factor()


def _holds_unknown(response: Response) -> bool:
    """Tell whether an act succeeded whose form held fields that nobody asked for.

    What a service has committed for itself is no longer refused: its form was, before the act.
    """
    declaration = current_declaration()
    if declaration.own_transactions:
        return False
    if response.status_code >= 400 or not is_unsafe() or g.get("is_repeat", False):
        return False
    if not isinstance(request.__dict__.get("form"), SentFields):
        return False  # nobody read a form
    return bool(request.fields.unknown) or _holds_other_files(declaration)


def _holds_other_files(declaration: Declaration) -> bool:
    """Tell whether files came that no page asks for: one at most, and only where it is taken."""
    names = [name for name, _upload in request.files.items(multi=True)]
    return bool(names) and not (names == [FILE_FIELD] and declaration.takes_files)


def finish(response: Response) -> Response:
    """Write the answer whole, commit, and only then let it go; roll back after a failure."""
    if _holds_unknown(response):
        response = make_response(_refuse_fields())
    if not response.direct_passthrough:
        response.get_data()
    require_writable(response)
    if g.get("session") is None or not _is_kept(response):
        close_transaction()
        if response.status_code >= 400:
            note_undelivered(server(), request.environ)
        return response
    if g.is_writing:
        _commit_act(response)
    else:
        keep_readings()
    if g.get("wants_checkpoint", False):
        issue_after_commit(server())
    return response


def _commit_act(response: Response) -> None:
    if g.signed_in is not None and current_declaration().logs_reading:
        accounts.watch_reading(g.context)
    key = g.get("form_key")
    is_whole = response.status_code < 400 and not g.get("is_partial", False)
    if key is not None and not g.get("is_repeat", False) and is_whole:
        repeats.keep_response(g.context, key, response)
    g.wants_checkpoint = audit.needs_checkpoint(g.session) or g.get("wants_checkpoint", False)
    commit_act()


def _is_kept(response: Response) -> bool:
    """Tell whether what the view wrote stays.

    After success; where a page was saved but for some of its fields, which come back
    (`g.is_partial`); and when a form comes back with answers on its page: that was a reading, and
    it is logged (docs/decisions, 9).
    """
    if response.status_code < 400 or g.get("is_partial", False):
        return True
    is_form = response.status_code == 422 and not g.get("has_failed", False)
    return is_form and current_declaration().logs_reading


def forget(error: BaseException | None) -> None:
    """Close what is still open, and the reader's keys."""
    del error
    if (turn := g.pop("turn", None)) is not None:
        turn.end()
    close_transaction()
    forget_person()


def install_lifecycle(app: Flask) -> None:
    """Put the checks before every view and the commit after it."""
    app.before_request(begin)
    app.after_request(finish)
    app.teardown_request(forget)
    app.register_error_handler(StepUpNeeded, _on_step_up_needed)
    app.register_error_handler(FieldsRefused, _on_fields_refused)
    app.register_error_handler(repeats.FormOfAnother, _on_form_of_another)
    install_strict_forms()
