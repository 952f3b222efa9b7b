"""What accounts write to people: an invitation's link, and notices without content (reliability 3).

Subjects are fixed and name no State; only an invitation's mail carries a token, and the outbox
erases it once sent.
"""

from collections.abc import Sequence
from datetime import datetime

from cooperation.core.db import Session
from cooperation.core.settings import Settings
from cooperation.core.text import Text, _
from cooperation.outbox import service as outbox
from cooperation.register import service as register
from cooperation.vault.root import RootKeys


def activation_link(settings: Settings, invitation_id: str, token: str) -> str:
    """Return the address of the activation page, with the first half of the invitation."""
    return f"{settings.base_url}/activate/{invitation_id}?token={token}"


def address_of_record(session: Session, root: RootKeys, state_code: str | None) -> str | None:
    """Return the e-mail address of a State's post of record, or None where none is known."""
    if state_code is None:
        return None
    found = register.address_of_record(session, root, state_code)
    return found.email if found and found.email else None


def send_link(
    session: Session,
    root: RootKeys,
    *,
    to: str,
    link: str,
    ends_at: datetime,
    now: datetime,
    invitation_id: str,
    held: bool,
) -> str:
    """Queue the mail with an invitation's link; return the mail's id."""
    body = _(
        "You are invited to the secured platform on cooperation of the Assembly of States "
        "Parties.\n\nOpen this link to activate your account:\n\n%(link)s\n\nYou also need a "
        "code of twenty letters, which reaches you apart from this message: by letter, or from "
        "the person who invites you. The invitation is valid until %(end)s (UTC) and works "
        "once.\n\nIf you did not expect this message, do nothing.\n",
        link=link,
        end=f"{ends_at:%d %B %Y, %H:%M}",
    )
    return outbox.queue(
        session,
        root,
        to=to,
        subject=_("Invitation to the platform on cooperation"),
        body=str(body),
        now=now,
        held=held,
        purpose="invitation",
        subject_id=invitation_id,
    )


def send_notices(
    session: Session,
    root: RootKeys,
    *,
    to: Sequence[str],
    body: Text,
    now: datetime,
    person_id: str,
) -> None:
    """Queue the same notice to each address; none names a person or a State."""
    for address in dict.fromkeys(to):
        outbox.queue(
            session,
            root,
            to=address,
            subject=_("Notice from the platform on cooperation"),
            body=str(body),
            now=now,
            purpose="notice",
            subject_id=person_id,
        )


def activation_notice(settings: Settings) -> Text:
    """Return the notice after a State's first account was activated."""
    return _(
        "The first account of your State, or of a State that the Secretariat invited, was "
        "activated with the link and the code letter.\n\nIf this was not done by a person whom "
        "the State has authorised, write to %(contact)s at once.\n\nThe platform: %(address)s\n",
        contact=settings.contact_email,
        address=settings.base_url,
    )


def signatory_notice(settings: Settings) -> Text:
    """Return the notice after a focal point has taken the role of signatory too."""
    return _(
        "A focal point has taken the role of signatory too, and will prepare and sign in one "
        "person.\n\nIf the State has not authorised this, write to %(contact)s at once.\n\n"
        "The platform: %(address)s\n",
        contact=settings.contact_email,
        address=settings.base_url,
    )
