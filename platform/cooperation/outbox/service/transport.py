"""How a mail leaves: as a file in the outbox folder, or by SMTP (design: reliability 3, Mail)."""

import contextlib
import os
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from cooperation.core.settings import Settings
from cooperation.outbox.rules import Mail, Outcome

_TIMEOUT_SECONDS = 20
_GO_ON, _REFUSED, _PERMANENT = 354, 400, 500
_LEADING_DOT = re.compile(rb"(?m)^\.")
_SEVEN_BITS = SMTP.clone(cte_type="7bit")
"""Text beyond ASCII goes encoded: not every server on the way takes 8 bits (RFC 6152)."""


class Transport(Protocol):
    """A way out, kept open for the mails of one round."""

    def __enter__(self) -> Self:
        """Begin a round."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the round."""

    def deliver(self, mail_id: str, to: str, content: bytes) -> Outcome:
        """Try to hand over one mail in the form of RFC 5322."""

    def has_delivered(self, mail_id: str) -> bool | None:
        """Tell whether this mail has left; `None` when the transport cannot know."""


def message_of(mail_id: str, mail: Mail, now: datetime, settings: Settings) -> EmailMessage:
    """Return the mail in the form of RFC 5322; the id is the same at every try."""
    message = EmailMessage(policy=_SEVEN_BITS)
    message["From"] = settings.mail_from
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{mail_id}@{settings.host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    for attachment in mail.attachments:
        maintype, _slash, subtype = attachment.content_type.partition("/")
        message.add_attachment(
            attachment.content, maintype=maintype, subtype=subtype, filename=attachment.name
        )
    return message


class FolderTransport:
    """Writes each mail as `<id>.eml`, mode 0600, whole or not at all."""

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.instance_path / "outbox"

    def __enter__(self) -> Self:
        """Make the folder where it is missing."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is kept open."""

    def deliver(self, mail_id: str, to: str, content: bytes) -> Outcome:
        """Write the file under a passing name, then rename it."""
        del to
        passing = self._folder / f".{mail_id}.part"
        try:
            descriptor = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            passing.rename(self._path(mail_id))
        except OSError:
            return Outcome.LATER
        return Outcome.ACCEPTED

    def has_delivered(self, mail_id: str) -> bool | None:
        """Tell whether the file is there."""
        return self._path(mail_id).exists()

    def _path(self, mail_id: str) -> Path:
        return self._folder / f"{mail_id}.eml"


class _PunctualSmtp(smtplib.SMTP):
    """A dialogue in which each answer is whole in time: bytes that drip would hold it for ever."""

    def getreply(self) -> tuple[int, bytes]:
        """Read an answer; the line is ended where it is not there in time."""
        with _ended_after(self.sock, _TIMEOUT_SECONDS) as is_over:
            reply = super().getreply()
        if is_over.is_set():  # what has dripped so far is no answer
            self.close()
            raise smtplib.SMTPServerDisconnected
        return reply


@contextlib.contextmanager
def _ended_after(line: socket.socket | None, seconds: float) -> Iterator[threading.Event]:
    """End a line after so many seconds of the clock that is never set back, and say so."""
    is_over = threading.Event()

    def end() -> None:
        is_over.set()
        with contextlib.suppress(OSError):
            if line is not None:
                line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield is_over
    finally:
        timer.cancel()


def _with_end(content: bytes) -> bytes:
    """Return a mail as it goes over the line: dots that begin lines doubled, and its end."""
    text = _LEADING_DOT.sub(b"..", content)
    return text + (b".\r\n" if text.endswith(b"\r\n") else b"\r\n.\r\n")


class SmtpTransport:
    """Speaks to one mail server; the connection is made at the first mail and kept for a round."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        """Connect later, with the first mail."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Say good-bye where there is still somebody."""
        self._hang_up()

    def deliver(self, mail_id: str, to: str, content: bytes) -> Outcome:
        """Hand over one mail; once the text is on its way, silence means `UNKNOWN`."""
        del mail_id
        try:
            server = self._connected()
            code, _text = server.mail(self._settings.mail_from)
            if code >= _REFUSED:  # whoever the mail is for: the server takes nothing from us
                self._hang_up()
                return Outcome.LATER
            code, _text = server.rcpt(to)
            if code < _REFUSED:
                code, _text = server.docmd("DATA")
        except (smtplib.SMTPException, OSError):
            self._hang_up()
            return Outcome.LATER
        if code != _GO_ON:
            self._hang_up()
            return _outcome_of(code) if code >= _REFUSED else Outcome.LATER
        try:
            server.send(_with_end(content))
            code, _text = server.getreply()
        except (smtplib.SMTPException, OSError):
            self._hang_up()
            return Outcome.UNKNOWN
        return _outcome_of(code)

    def has_delivered(self, mail_id: str) -> bool | None:
        """A mail server cannot be asked."""
        del mail_id
        return None

    def _connected(self) -> smtplib.SMTP:
        if self._server is not None:
            return self._server
        settings = self._settings
        server = _PunctualSmtp(
            settings.smtp_host or "", settings.smtp_port, timeout=_TIMEOUT_SECONDS
        )
        self._server = server
        if settings.smtp_starttls:
            server.starttls(context=ssl.create_default_context())
        server.ehlo_or_helo_if_needed()
        if settings.smtp_user and settings.smtp_password:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        return server

    def _hang_up(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        with contextlib.suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()


def _outcome_of(code: int) -> Outcome:
    if code < 400:
        return Outcome.ACCEPTED
    return Outcome.REFUSED if code >= _PERMANENT else Outcome.LATER


def transport_for(settings: Settings) -> Transport:
    """Return SMTP where a mail server is set, else the outbox folder."""
    return SmtpTransport(settings) if settings.smtp_host else FolderTransport(settings)
