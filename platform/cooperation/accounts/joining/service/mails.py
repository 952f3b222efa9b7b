"""What accounts write to people: an invitation's link, and notices without content (reliability 3).

No notice names a State or a person: who may know it finds it on the platform. Only an invitation's
mail carries a token, and the outbox erases it once sent. Its body, never its subject, says for
which role and institution it is: so it can be told from a fraud.
"""

from datetime import datetime, timedelta

from cooperation.access.rules import Role
from cooperation.accounts.people.service.notices import SUBJECT
from cooperation.core.days import Moment
from cooperation.core.db import Session
from cooperation.core.settings import Settings
from cooperation.core.text import ENGLISH, Text, _
from cooperation.outbox import service as outbox
from cooperation.register import service as register
from cooperation.vault.root import RootKeys

_GATHERED = timedelta(hours=1)
"""How long a notice to the Secretariat waits for further acts of its kind."""


def activation_link(settings: Settings, invitation_id: str, token: str) -> str:
    """Return the address of the activation page, with the first half of the invitation."""
    return settings.link(f"/activate/{invitation_id}", token=token)


def send_link(
    session: Session,
    root: RootKeys,
    *,
    to: str,
    language: str,
    link: str,
    ends_at: datetime,
    now: datetime,
    invitation_id: str,
    role: Role,
    state_code: str | None,
    held: bool,
) -> str:
    """Queue the mail with an invitation's link; return the mail's id."""
    body = _(
        "You are invited to the secured platform on cooperation of the Assembly of States "
        "Parties.\n\nRole: %(role)s\nInstitution: %(institution)s\n\nOpen this link to activate "
        "your account:\n\n%(link)s\n\nYou also need a code of 20 letters and figures, in four "
        "groups, which reaches you apart from this message: by letter, or from the person who "
        "invites you. The invitation is valid until %(end)s (UTC) and works "
        "once.\n\nIf you did not expect this message, do nothing.\n",
        role=role.label,
        institution=_institution_name(session, role, state_code),
        link=link,
        end=Moment(ends_at),
    )
    return outbox.queue(
        session,
        root,
        to=to,
        subject=_("Invitation to the platform on cooperation"),
        body=body,
        language=language,
        now=now,
        held=held,
        purpose="invitation",
        subject_id=invitation_id,
    )


def _institution_name(session: Session, role: Role, state_code: str | None) -> Text | str:
    if state_code is not None:
        return register.state(session, state_code).name
    return role.body.label


def tell_of_first_account(
    session: Session,
    root: RootKeys,
    settings: Settings,
    *,
    state_code: str,
    person_id: str,
    now: datetime,
) -> None:
    """Tell a State's address of record, and the Secretariat, that its first account is active."""
    body = _(
        "The first account of your State was activated with the link and the code letter.\n\n"
        "If the State has not authorised the person who did this, write to %(contact)s at once.\n",
        contact=settings.contact_email,
    )
    _tell_state(session, root, state_code=state_code, body=body, person_id=person_id, now=now)
    _tell_secretariat(
        session,
        root,
        settings,
        what=_("At least one State has activated its first account."),
        action="circle.founded",
        purpose="notice.account",
        now=now,
    )


def tell_of_signatory(
    session: Session,
    root: RootKeys,
    settings: Settings,
    *,
    state_code: str,
    person_id: str,
    now: datetime,
) -> None:
    """Tell both sides that a focal point has taken the role of signatory too."""
    body = _(
        "A focal point of your State has taken the role of signatory too, and will prepare and "
        "sign in one person.\n\nIf the State has not authorised this, write to %(contact)s at "
        "once.\n",
        contact=settings.contact_email,
    )
    _tell_state(session, root, state_code=state_code, body=body, person_id=person_id, now=now)
    _tell_secretariat(
        session,
        root,
        settings,
        what=_(
            "At least one focal point has taken the role of signatory too, and will prepare and "
            "sign in one person."
        ),
        action="role.granted",
        purpose="notice.signatory",
        now=now,
    )


def _tell_state(
    session: Session,
    root: RootKeys,
    *,
    state_code: str,
    body: Text,
    person_id: str,
    now: datetime,
) -> None:
    found = register.address_of_record(session, root, state_code)
    if found is None or not found.email:
        return
    outbox.queue(
        session,
        root,
        to=found.email,
        subject=SUBJECT,
        body=body,
        language=found.language,
        now=now,
        purpose="notice",
        subject_id=person_id,
    )


def _tell_secretariat(
    session: Session,
    root: RootKeys,
    settings: Settings,
    *,
    what: Text,
    action: str,
    purpose: str,
    now: datetime,
) -> None:
    """Queue one notice for all such acts of an hour; which States they are stands in the log."""
    if outbox.is_waiting(session, purpose):
        return
    body = _(
        "%(what)s\n\nLook in the log which State this is; a head of the Secretariat may open this "
        "page:\n\n%(link)s\n\nIf the State has not told you of it, ask the State.\n",
        what=what,
        link=settings.link("/log", action=action),
    )
    outbox.queue(
        session,
        root,
        to=settings.contact_email,
        subject=SUBJECT,
        body=body,
        language=ENGLISH,
        now=now,
        purpose=purpose,
        due_at=now + _GATHERED,
    )
