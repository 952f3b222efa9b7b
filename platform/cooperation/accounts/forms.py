"""The shape of what people type when they sign in, activate, invite and confirm."""

from collections.abc import Iterable, Mapping, Sequence

from wtforms import (
    BooleanField,
    Form,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined] # newer than its types
from wtforms.validators import InputRequired, NumberRange, Optional

from cooperation.access.rules import Role
from cooperation.accounts.rules import (
    EMAIL_CHARACTERS,
    LABEL_CHARACTERS,
    NAME_CHARACTERS,
    ORGAN_CHARACTERS,
    PROPOSABLE_KEY_ACTS,
    normal_email,
)
from cooperation.core.emails import email_problem
from cooperation.core.errors import DomainError, FieldsRefused, Invalid
from cooperation.core.forms import AtMost
from cooperation.core.text import Text, _, label
from cooperation.two_persons.rules import TEXT_CHARACTERS
from cooperation.vault.passkeys import LONGEST_CREDENTIAL
from cooperation.vault.passwords import is_platform_passphrase, new_passphrase, normalised

_LONGEST_SECRET = 512


def _needed(sentence: Text) -> InputRequired:
    return InputRequired(label(sentence))


def _one_email(form: Form, field: StringField) -> None:
    del form
    problem = email_problem(normal_email(field.data or ""))
    if problem is not None:
        raise ValidationError(label(problem))


class WholeForm(Form):
    """A form whose act is committed by its service: what it does not know is refused before that.

    Everywhere else the shell looks after the view what nobody asked for, and rolls the act back.
    """

    _sent: object = None

    def process(self, formdata: object = None, *given: object, **more: object) -> None:
        """Remember what was sent, and take it in."""
        self._sent = formdata
        super().process(formdata, *given, **more)  # type: ignore[arg-type] # as it was called

    def validate(self, extra_validators: Mapping[str, Sequence[object]] | None = None) -> bool:
        """Tell whether all fields are as they should be, and no others came with them."""
        is_valid = super().validate(extra_validators)
        if getattr(self._sent, "unknown", None):
            self.form_errors.append(str(FieldsRefused.sentence))
            return False
        return is_valid


class NextForm(WholeForm):
    """A button alone, and where its page goes on."""

    next = HiddenField()


class SignInForm(WholeForm):
    """E-mail and password."""

    email = StringField(
        label(_("E-mail address")),
        [_needed(_("Enter your e-mail address.")), AtMost(EMAIL_CHARACTERS)],
    )
    password = PasswordField(
        label(_("Password or passphrase")),
        [_needed(_("Enter your password.")), AtMost(_LONGEST_SECRET)],
    )
    next = HiddenField()


class CodeForm(WholeForm):
    """Six digits of an authenticator."""

    code = StringField(
        label(_("Code from your authenticator")),
        [_needed(_("Enter the six digits that your authenticator shows.")), AtMost(20)],
    )
    next = HiddenField()


class FactorForm(WholeForm):
    """One of the ways to give a second factor: six digits, a passkey's answer, a recovery code."""

    code = StringField(label(_("Code from your authenticator")), [AtMost(20)])
    recovery_code = StringField(label(_("Recovery code")), [AtMost(60)])
    credential = HiddenField(validators=[AtMost(LONGEST_CREDENTIAL)])
    next = HiddenField()

    def validate_code(self, field: StringField) -> None:
        """Ask for the six digits where nothing else was given."""
        if not (field.data or self.recovery_code.data or self.credential.data):
            raise ValidationError(label(_("Enter the six digits that your authenticator shows.")))


class PasskeyForm(WholeForm):
    """A new passkey: what the browser has made, and the person's own word for it."""

    label = StringField(
        label(_("Name of this passkey")),
        [
            _needed(_("Give the passkey a name, so that you know it again.")),
            AtMost(LABEL_CHARACTERS),
        ],
    )
    credential = HiddenField(validators=[AtMost(LONGEST_CREDENTIAL)])
    next = HiddenField()


class _ChosenPassword(WholeForm):
    """The passphrase that the page shows, typed once; or a password of one's own, typed twice.

    The page shows it before anything is sent, and it counts once it was typed: whatever happens to
    an answer, nobody has a passphrase that she never saw.
    """

    choice: RadioField
    password: PasswordField
    passphrase = HiddenField()
    passphrase_again = PasswordField(
        label(_("Type the passphrase that is shown above")), [AtMost(_LONGEST_SECRET)]
    )

    def __init__(self, formdata: object = None) -> None:
        super().__init__(formdata)  # type: ignore[arg-type] # as it was called
        if not is_platform_passphrase(self.passphrase.data or ""):
            self.passphrase.data = new_passphrase()

    @property
    def chosen(self) -> str:
        """What she chose, as it was typed or shown."""
        own = self.choice.data == "own"
        return str((self.password if own else self.passphrase).data or "")

    def validate_passphrase_again(self, field: PasswordField) -> None:
        """Let the passphrase count only for whoever has it before her."""
        typed = normalised(field.data or "")
        if self.choice.data != "own" and typed != self.passphrase.data:
            raise ValidationError(label(_("Type the six words as they are shown on this page.")))

    def validate_password(self, field: PasswordField) -> None:
        """Ask for the password where an own one was chosen."""
        if self.choice.data == "own" and not field.data:
            raise ValidationError(label(_("Enter the password that you choose.")))

    def validate_password_again(self, field: PasswordField) -> None:
        """Compare both entries: there is no reset."""
        if self.choice.data == "own" and field.data != self.password.data:
            raise ValidationError(label(_("Both entries must be the same.")))


class ActivationForm(_ChosenPassword):
    """The second half, and the password or the wish for a passphrase."""

    token = HiddenField(validators=[AtMost(_LONGEST_SECRET)])
    code = StringField(
        label(_("Code of your invitation")),
        [_needed(_("Enter the code of 20 letters and figures.")), AtMost(60)],
    )
    choice = RadioField(
        label(_("How will you sign in?")),
        choices=[
            SelectChoice("passphrase", label(_("With the passphrase of six words shown above"))),
            SelectChoice("own", label(_("With a password of my own"))),
        ],
        default="passphrase",
    )
    password = PasswordField(label(_("Your password")), [AtMost(_LONGEST_SECRET)])
    password_again = PasswordField(label(_("Your password once more")), [AtMost(_LONGEST_SECRET)])


class FirstActivationForm(ActivationForm):
    """The same for whoever holds a State's first invitation: she says who she is."""

    name = StringField(
        label(_("Your name")), [_needed(_("Enter your name.")), AtMost(NAME_CHARACTERS)]
    )
    email = StringField(
        label(_("Your e-mail address")),
        [_needed(_("Enter your e-mail address.")), AtMost(EMAIL_CHARACTERS), _one_email],
    )


class InviteForm(Form):
    """Whom to invite, and for what."""

    name = StringField(
        label(_("Name")), [_needed(_("Enter the person's name.")), AtMost(NAME_CHARACTERS)]
    )
    email = StringField(
        label(_("E-mail address")),
        [_needed(_("Enter the person's e-mail address.")), AtMost(EMAIL_CHARACTERS), _one_email],
    )
    role = SelectField(label(_("Role")), validate_choice=True)
    organ = StringField(label(_("Organ or unit")), [Optional(), AtMost(ORGAN_CHARACTERS)])
    replaces = BooleanField(
        label(_("Access was lost: disable the account that has this address now"))
    )

    def offer(self, roles: Iterable[Role]) -> None:
        """Set the roles that the inviter may give."""
        self.role.choices = [SelectChoice(role.value, label(role.label)) for role in roles]


class ReplaceForm(Form):
    """Who follows a leaver."""

    name = StringField(
        label(_("Name of the successor")),
        [_needed(_("Enter the person's name.")), AtMost(NAME_CHARACTERS)],
    )
    email = StringField(
        label(_("E-mail address of the successor")),
        [_needed(_("Enter the person's e-mail address.")), AtMost(EMAIL_CHARACTERS), _one_email],
    )
    role = RadioField(label(_("Role of the successor")), validate_choice=True)

    def offer(self, roles: Iterable[Role]) -> None:
        """Set the roles of the leaver, and choose the first where none was chosen."""
        offered = tuple(roles)
        self.role.choices = [SelectChoice(role.value, label(role.label)) for role in offered]
        if self.role.data is None and offered:
            self.role.data = offered[0].value


class PasswordForm(_ChosenPassword):
    """The present password, and the new one or the wish for a passphrase."""

    old = PasswordField(
        label(_("Your present password or passphrase")),
        [_needed(_("Enter your present password.")), AtMost(_LONGEST_SECRET)],
    )
    choice = RadioField(
        label(_("What shall it be from now on?")),
        choices=[
            SelectChoice("passphrase", label(_("The passphrase of six words shown above"))),
            SelectChoice("own", label(_("A password of my own"))),
        ],
        default="passphrase",
    )
    password = PasswordField(label(_("Your new password")), [AtMost(_LONGEST_SECRET)])
    password_again = PasswordField(
        label(_("Your new password once more")), [AtMost(_LONGEST_SECRET)]
    )


class NoteForm(Form):
    """On what request two people act."""

    note = StringField(
        label(_("On what request do you act?")),
        [_needed(_("Write on what request you act.")), AtMost(200)],
    )


class SheetForm(Form):
    """The code of a recovery sheet."""

    code = StringField(
        label(_("Code on the recovery sheet")),
        [_needed(_("Enter the code that is printed on the sheet.")), AtMost(200)],
    )


class ConfirmForm(Form):
    """One declaration."""

    confirmed = BooleanField(validators=[_needed(_("Tick the box to go on."))])


class RoleForm(Form):
    """Another role for a person."""

    role = RadioField(
        label(_("New role")), [_needed(_("Choose a role from the list."))], validate_choice=True
    )

    def offer(self, roles: Iterable[Role]) -> None:
        """Set the roles that the person may be given."""
        self.role.choices = [SelectChoice(role.value, label(role.label)) for role in roles]


class KeyActForm(Form):
    """Which act on the server's keys, on what, and why."""

    kind = RadioField(
        label(_("Which act?")),
        [_needed(_("Choose one of the acts."))],
        choices=[SelectChoice(kind.value, label(kind.label)) for kind in PROPOSABLE_KEY_ACTS],
    )
    detail = StringField(label(_("Which version of the key")), [Optional(), AtMost(120)])
    note = TextAreaField(
        label(_("Why")), [_needed(_("Say why: a head decides on it.")), AtMost(TEXT_CHARACTERS)]
    )


class PageForm(Form):
    """Under which number of the log a page begins."""

    before = IntegerField(
        label(_("Before number")), [Optional(), NumberRange(min=0, max=2**31 - 1)]
    )


def show_error(form: Form, error: DomainError) -> None:
    """Put the sentences of a refusal beside the fields they belong to."""
    pairs = error.errors if isinstance(error, Invalid) and error.errors else ()
    for field_id, sentence in pairs:
        field = form[field_id]
        field.errors = [*field.errors, str(sentence)]
    if not pairs:
        form.form_errors.append(str(error.sentence))
