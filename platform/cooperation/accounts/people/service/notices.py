"""Notices by mail to a person about her own account: what happened, when, and what to do.

No notice holds content, a name or a State. All are queued in the transaction of the act, so that
what was rolled back is told to nobody, and what was done is told for certain (reliability 1.2).

    tell_factor_changed(session, root, settings, person_id=..., change=FactorChange.X, now=...)
    tell_password_changed(session, root, settings, person_id=..., now=...)
    tell_role_granted(session, root, settings, person_id=..., now=...)
    tell_key_act_approved(session, root, settings, person_id=proposer, now=...)
    tell_invitation_used(session, root, settings, person_id=inviter, now=...)
    tell_new_device(session, root, settings, person_id=..., browser=..., now=...)
    tell_unfinished(session, root, settings, person_id=..., at=..., now=...)
    tell_let_in(session, root, settings, person_id=..., now=...)
    tell_many_read(session, root, settings, person_id=..., now=...)
    tell_of_alarm(session, root, settings, person_id=head or administrator, now=...)
"""

from datetime import datetime

from cooperation.accounts.models import PersonRow
from cooperation.accounts.people.service.browsers import note_browser
from cooperation.accounts.people.service.wrapped import PEOPLE, unwrap_text
from cooperation.accounts.rules import FactorChange, PersonStatus
from cooperation.core.days import Moment
from cooperation.core.db import Session
from cooperation.core.settings import Settings
from cooperation.core.text import Text, _
from cooperation.outbox import service as outbox
from cooperation.vault.root import RootKeys

SUBJECT = _("Notice from the platform on cooperation")


def _if_not_you(settings: Settings) -> Text:
    return _(
        "If this was you, there is nothing to do.\n\nIf this was not you: sign in from a computer "
        "that you trust, open this page, sign out everywhere and change your password:\n\n"
        "%(link)s\n\nIf you cannot sign in, ask a colleague to disable your account at once, or "
        "write to %(contact)s.\n",
        link=settings.link("/account/sessions"),
        contact=settings.contact_email,
    )


def _if_not_invited(settings: Settings) -> Text:
    return _(
        "If you expected this, there is nothing to do.\n\nIf you did not, or if you see somebody "
        "whom you do not know: disable that account at once on this page:\n\n%(link)s\n\n"
        "Then write to %(contact)s.\n",
        link=settings.link("/colleagues"),
        contact=settings.contact_email,
    )


def tell_factor_changed(
    session: Session,
    root: RootKeys,
    settings: Settings,
    *,
    person_id: str,
    change: FactorChange,
    now: datetime,
) -> None:
    """Tell a person that a second factor of hers was added, removed, replaced or used up."""
    _tell(session, root, settings, person_id, what=change.sentence, kind="factor", now=now)


def tell_password_changed(
    session: Session, root: RootKeys, settings: Settings, *, person_id: str, now: datetime
) -> None:
    """Tell a person that her password is another one, and that her other sessions have ended."""
    what = _("The password of your account was changed. All other sessions have ended.")
    _tell(session, root, settings, person_id, what=what, kind="password", now=now)


def tell_role_granted(
    session: Session, root: RootKeys, settings: Settings, *, person_id: str, now: datetime
) -> None:
    """Tell a person that her roles are others now."""
    what = _("The roles of your account were changed. You see them on your home page.")
    _tell(session, root, settings, person_id, what=what, kind="role", now=now)


def tell_key_act_approved(
    session: Session, root: RootKeys, settings: Settings, *, person_id: str, now: datetime
) -> None:
    """Tell an administrator that what she proposed may be carried out, and where it stands how."""
    what = _("An act that you proposed was approved. After 24 hours the approval lapses.")
    act = _(
        "What to do stands on this page:\n\n%(link)s\n\nIf you proposed nothing, write to "
        "%(contact)s at once.\n",
        link=settings.link("/waiting"),
        contact=settings.contact_email,
    )
    _tell(session, root, settings, person_id, what=what, act=act, kind="approved", now=now)


def tell_invitation_used(
    session: Session, root: RootKeys, settings: Settings, *, person_id: str, now: datetime
) -> None:
    """Tell an inviter that a person whom she invited has an account now."""
    what = _(
        "An invitation that you made was used: the account is active. You see whose it is on the "
        "page of your colleagues, or in the log."
    )
    act = _if_not_invited(settings)
    _tell(session, root, settings, person_id, what=what, act=act, kind="invited", now=now)


def tell_new_device(
    session: Session,
    root: RootKeys,
    settings: Settings,
    *,
    person_id: str,
    browser: str,
    now: datetime,
) -> None:
    """Tell a person that she has signed in with a browser that was not used for it before."""
    what = _(
        "Somebody signed in to your account with a browser that was not used for it before: "
        "%(browser)s.",
        browser=browser or _("unknown browser"),
    )
    _tell(session, root, settings, person_id, what=what, kind="device", now=now)


def tell_unfinished(
    session: Session,
    root: RootKeys,
    settings: Settings,
    *,
    person_id: str,
    at: datetime,
    now: datetime,
) -> None:
    """Tell a person that somebody knew her password and gave no second factor."""
    what = _(
        "Somebody gave the right password of your account, and then no valid second factor. "
        "Nobody was signed in."
    )
    _tell(session, root, settings, person_id, what=what, kind="unfinished", now=now, at=at)


def tell_let_in(
    session: Session, root: RootKeys, settings: Settings, *, person_id: str, now: datetime
) -> None:
    """Tell the person, a head or an administrator that an unused account was let in, and why."""
    what = _(
        "Somebody signed in to an account that was not used for fifteen months. Nobody was there "
        "who could confirm it first, so it was let in."
    )
    act = _(
        "If you did this yourself, there is nothing to do. A head of the Secretariat sees here "
        "whose account it is:\n\n%(log)s\n\nAsk the person. If she does not know of it, "
        "disable the account at once. If you cannot, write to %(contact)s.\n",
        log=settings.link("/log", action="person.let_in"),
        contact=settings.contact_email,
    )
    _tell(session, root, settings, person_id, what=what, act=act, kind="let_in", now=now)


def tell_many_read(
    session: Session, root: RootKeys, settings: Settings, *, person_id: str, now: datetime
) -> None:
    """Tell a person that her account opens others' answers faster than anybody reads."""
    what = _(
        "Within ten minutes your account opened more answers of other institutions than anybody "
        "reads. Nothing was stopped. The administrator and the heads of the Secretariat are told."
    )
    _tell(session, root, settings, person_id, what=what, kind="reading", now=now)


def tell_of_alarm(
    session: Session, root: RootKeys, settings: Settings, *, person_id: str, now: datetime
) -> None:
    """Tell a head or an administrator of the alarm over somebody's account, without a name."""
    what = _(
        "Within ten minutes one account opened more answers of other institutions than anybody "
        "reads. Nothing was stopped; its person is told too."
    )
    act = _(
        "Look which account it is. An administrator sees it here:\n\n%(people)s\n\nA head of the "
        "Secretariat sees it here:\n\n%(log)s\n\nThen ask the person. If she does not know of it, "
        "an administrator ends her sessions and disables the account at once.\n",
        people=settings.link("/people"),
        log=settings.link("/log", action="reading.alarm"),
    )
    _tell(session, root, settings, person_id, what=what, act=act, kind="alarm", now=now)


def _tell(
    session: Session,
    root: RootKeys,
    settings: Settings,
    person_id: str,
    *,
    what: Text,
    kind: str,
    now: datetime,
    act: Text | None = None,
    at: datetime | None = None,
) -> None:
    """Queue one notice to an active person: what happened `at` (now), and how to `act`.

    Where nothing else is said, she acts if it was not herself.
    """
    person = session.get(PersonRow, person_id)
    if person is None or person.status != PersonStatus.ACTIVE:
        return
    ending = _if_not_you(settings) if act is None else act
    to = unwrap_text(root, person.sealed_email, table=PEOPLE, row=person_id, kind="email")
    outbox.queue(
        session,
        root,
        to=to,
        subject=SUBJECT,
        body=_(
            "%(what)s\n\n%(time)s (UTC)\n\n%(act)s", what=what, time=Moment(at or now), act=ending
        ),
        language=person.language,
        now=now,
        purpose=f"notice.{kind}",
        subject_id=person_id,
    )
    note_browser(session, now)
