"""The register at /register: parties on a day, each State, its posts, import of addresses."""

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from cooperation.access.context import RequestContext
from cooperation.access.guard import is_allowed, requires
from cooperation.access.policy import Permission
from cooperation.core.errors import Invalid
from cooperation.core.text import _, ngettext
from cooperation.register.forms import AddressForm, DayForm, ImportForm
from cooperation.register.rules import COLUMNS, Address, SheetUnreadableError, count_by_group
from cooperation.register.service import addresses, states
from cooperation.register.service.addresses import AddressChangedError
from cooperation.register.service.imports import (
    import_addresses,
    preview_import,
    read_sheet,
    store_import,
)
from cooperation.register.service.states import list_parties, profile

blueprint = Blueprint("register", __name__, template_folder="templates", url_prefix="/register")


@blueprint.get("")
@requires(Permission.READ_REGISTER)
def parties() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    form = DayForm(request.args)
    is_valid = form.validate()
    day = (form.day.data if is_valid else None) or ctx.now.date()
    lines = list_parties(ctx, day) if is_valid else []
    page = render_template(
        "register/parties.html",
        form=form,
        day=day,
        lines=lines,
        groups=count_by_group(line.state for line in lines),
        may_manage=is_allowed(ctx.actor, Permission.MANAGE_REGISTER),
    )
    return page, 200 if is_valid else 422


@blueprint.get("/<string(maxlength=8):code>")
@requires(Permission.READ_REGISTER)
def state(code: str) -> ResponseReturnValue:
    ctx: RequestContext = g.context
    return render_template(
        "register/state.html",
        profile=profile(ctx, code),
        may_manage=is_allowed(ctx.actor, Permission.MANAGE_REGISTER),
    )


@blueprint.get("/<string(maxlength=8):code>/addresses/new")
@requires(Permission.MANAGE_REGISTER)
def new_address(code: str) -> ResponseReturnValue:
    return _address_page(code, AddressForm())


@blueprint.post("/<string(maxlength=8):code>/addresses/new")
@requires(Permission.MANAGE_REGISTER)
def add_address(code: str) -> ResponseReturnValue:
    return _save(code, None)


@blueprint.get("/<string(maxlength=8):code>/addresses/<uuid:address_id>")
@requires(Permission.MANAGE_REGISTER)
def address(code: str, address_id: UUID) -> ResponseReturnValue:
    form = AddressForm()
    form.show(addresses.address(g.context, code, str(address_id)))
    return _address_page(code, form, str(address_id))


@blueprint.post("/<string(maxlength=8):code>/addresses/<uuid:address_id>")
@requires(Permission.MANAGE_REGISTER)
def save_address(code: str, address_id: UUID) -> ResponseReturnValue:
    return _save(code, str(address_id))


@blueprint.post("/<string(maxlength=8):code>/addresses/<uuid:address_id>/delete")
@requires(Permission.MANAGE_REGISTER)
def delete_address(code: str, address_id: UUID) -> ResponseReturnValue:
    addresses.delete_address(g.context, state_code=code, address_id=str(address_id))
    flash(str(_("The post was deleted.")))
    return redirect(url_for("register.state", code=code))


@blueprint.get("/import")
@requires(Permission.MANAGE_REGISTER)
def upload() -> ResponseReturnValue:
    return render_template("register/import.html", form=ImportForm(), columns=COLUMNS)


@blueprint.post("/import")
@requires(Permission.MANAGE_REGISTER, takes_files=True)
def upload_file() -> ResponseReturnValue:
    ctx: RequestContext = g.context
    uploaded = request.files.get("file")
    content = uploaded.read() if uploaded else b""
    try:
        sheet, rows = read_sheet(ctx, content)
    except SheetUnreadableError as refusal:
        form = ImportForm()
        form.file.errors = [str(refusal.sentence)]
        return render_template("register/import.html", form=form, columns=COLUMNS), 422
    if sheet.errors:
        errors = [
            ("", str(_("Line %(line)s: %(sentence)s", line=each.line, sentence=each.sentence)))
            for each in sheet.errors
        ]
        page = render_template("register/preview.html", rows=rows, errors=errors, import_id=None)
        return page, 422
    return redirect(url_for("register.preview", import_id=store_import(ctx, content)))


@blueprint.get("/import/<uuid:import_id>")
@requires(Permission.MANAGE_REGISTER)
def preview(import_id: UUID) -> ResponseReturnValue:
    found = preview_import(g.context, str(import_id))
    return render_template(
        "register/preview.html",
        rows=found.rows,
        errors=[],
        import_id=import_id,
        found=found,
    )


@blueprint.post("/import/<uuid:import_id>")
@requires(Permission.MANAGE_REGISTER)
def confirm(import_id: UUID) -> ResponseReturnValue:
    number = import_addresses(g.context, str(import_id))
    flash(str(ngettext("%(number)s post was imported.", "%(number)s posts were imported.", number)))
    return redirect(url_for("register.parties"))


def _save(code: str, address_id: str | None) -> ResponseReturnValue:
    form = AddressForm(request.form)
    if not form.validate():
        return _address_page(code, form, address_id), 422
    try:
        addresses.save_address(
            g.context,
            state_code=code,
            given=form.fields(),
            address_id=address_id,
            version=form.version.data,
        )
    except AddressChangedError as conflict:
        form.version.data = conflict.current.version
        form.version.raw_data = None
        return _address_page(code, form, address_id, conflict.current), 409
    except Invalid as refusal:
        _show_errors(form, refusal)
        return _address_page(code, form, address_id), 422
    flash(str(_("The post was saved.")))
    return redirect(url_for("register.state", code=code))


def _show_errors(form: AddressForm, refusal: Invalid) -> None:
    for name, sentence in refusal.errors:
        form[name].errors = [*form[name].errors, str(sentence)]


def _address_page(
    code: str, form: AddressForm, address_id: str | None = None, theirs: Address | None = None
) -> str:
    ctx: RequestContext = g.context
    return render_template(
        "register/address.html",
        state=states.state(ctx.session, code),
        form=form,
        address_id=address_id,
        theirs=theirs,
    )
