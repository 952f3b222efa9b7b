"""A real SMTP server that is well, slow, refusing, deaf or dead (design: reliability R7)."""

import socket
import threading
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller

from cooperation.core.settings import Mode, Settings
from cooperation.outbox import service
from cooperation.outbox.models import MailRow
from cooperation.outbox.rules import MailStatus
from cooperation.outbox.service import transport
from cooperation.outbox.service.sender import _take_next


class Server:
    """What the mail server says at each step, and what it has got."""

    def __init__(self):
        self.at_recipient = "250 OK"
        self.at_text = "250 OK"
        self.drops_after_text = False
        self.received = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.at_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.at_recipient

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.received.append(envelope.content)
        if self.drops_after_text:
            server.transport.abort()
        return self.at_text


@pytest.fixture
def server():
    handler = Server()
    with socket.create_server(("127.0.0.1", 0)) as free:
        handler.port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


def smtp_settings(tmp_path, port, **more):
    given = {"smtp_starttls": False} | more
    return Settings(
        instance_path=tmp_path,
        mode=Mode.TEST,
        smtp_host="127.0.0.1",
        smtp_port=port,
        mail_from="platform@example.org",
        **given,
    )


@pytest.fixture
def settings(tmp_path, server):
    return smtp_settings(tmp_path, server.port)


@pytest.fixture
def queue(database, root, clock):
    def put(**given):
        arguments = {
            "to": "post@mission.example",
            "subject": "Your invitation",
            "body": "Un lien : https://cooperation.example/x\n",
            "purpose": "invitation",
            "language": "en",
            "now": clock.now(),
        } | given
        with database.writing() as session:
            return service.queue(session, root, **arguments)

    return put


@pytest.fixture
def mail(database):
    def get(mail_id):
        with database.reading() as session:
            row = session.get_one(MailRow, mail_id)
            session.expunge(row)
            return row

    return get


def test_mails_reach_the_server_once_over_one_connection(
    database, root, clock, settings, server, queue
):
    for number in range(3):
        queue(to=f"post{number}@mission.example")

    assert service.send_due(database, root, settings, clock) == 3
    assert service.send_due(database, root, settings, clock) == 0

    messages = [message_from_bytes(content, policy=policy.default) for content in server.received]
    assert {message["To"] for message in messages} == {
        f"post{number}@mission.example" for number in range(3)
    }


def test_refused_for_now_is_tried_again_later_until_patience_ends(
    database, root, clock, settings, server, queue, mail
):
    server.at_recipient = "451 Try again later"
    mail_id = queue()
    service.send_due(database, root, settings, clock)
    assert mail(mail_id).status == MailStatus.DUE
    assert mail(mail_id).next_try_at == clock.now() + timedelta(minutes=1)

    rounds = 1
    while mail(mail_id).status == MailStatus.DUE:
        service.send_due(database, root, settings, clock)  # too early: nothing happens
        assert mail(mail_id).tries == rounds
        clock.set(mail(mail_id).next_try_at)
        service.send_due(database, root, settings, clock)
        rounds += 1

    assert (mail(mail_id).status, mail(mail_id).tries) == (MailStatus.FAILED, 8)
    assert server.received == []


def test_failed_mail_leaves_when_a_person_says_so(
    database, root, clock, settings, server, queue, mail
):
    mail_id = queue()
    server.at_recipient = "550 No such user"
    service.send_due(database, root, settings, clock)
    server.at_recipient = "250 OK"
    queue(to="somebody.else@mission.example")
    service.send_due(database, root, settings, clock)
    server.at_recipient = "550 No such user"
    clock.move(timedelta(minutes=1))
    service.send_due(database, root, settings, clock)
    assert mail(mail_id).status == MailStatus.FAILED

    server.at_recipient = "250 OK"
    with database.writing() as session:
        assert service.retry(session, [mail_id], clock.now()) == 1
    service.send_due(database, root, settings, clock)

    assert mail(mail_id).status == MailStatus.SENT
    assert len(server.received) == 2


@pytest.mark.parametrize("answer", ["452 Too much mail", "554 Not wanted"])
def test_what_is_refused_after_the_text_was_not_sent(
    database, root, clock, settings, server, queue, mail, answer
):
    server.at_text = answer
    mail_id = queue()

    assert service.send_due(database, root, settings, clock) == 0
    assert mail(mail_id).status == MailStatus.DUE


def test_only_seven_bits_go_over_the_line(database, root, clock, settings, server, queue):
    body = "Clé, ключ, مفتاح, 钥匙\n"
    queue(body=body)

    service.send_due(database, root, settings, clock)

    (content,) = server.received
    assert content.isascii()
    assert message_from_bytes(content, policy=policy.default).get_content().splitlines() == [
        body.strip()
    ]


def test_accepted_then_dropped_is_flagged_and_not_sent_again(
    database, root, clock, settings, server, queue, mail
):
    server.drops_after_text = True
    mail_id = queue()

    service.send_due(database, root, settings, clock)
    clock.move(timedelta(days=30))
    service.send_due(database, root, settings, clock)

    assert mail(mail_id).status == MailStatus.UNCERTAIN
    assert len(server.received) == 1


def test_dead_server_leaves_the_mail_due(database, root, clock, tmp_path, queue, mail):
    mail_id = queue()

    assert service.send_due(database, root, smtp_settings(tmp_path, 1), clock) == 0
    assert mail(mail_id).status == MailStatus.DUE


def test_server_without_starttls_gets_nothing_where_it_is_required(
    database, root, clock, tmp_path, server, queue, mail
):
    mail_id = queue()
    strict = smtp_settings(tmp_path, server.port, smtp_starttls=True)

    assert service.send_due(database, root, strict, clock) == 0
    assert mail(mail_id).status == MailStatus.DUE
    assert server.received == []


def test_silent_server_times_out(database, root, clock, tmp_path, queue, mail, monkeypatch):
    monkeypatch.setattr(transport, "_TIMEOUT_SECONDS", 0.2)
    mail_id = queue()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert service.send_due(database, root, smtp_settings(tmp_path, port), clock) == 0

    assert mail(mail_id).status == MailStatus.DUE


def test_sender_that_died_leaves_a_flag_with_smtp(
    database, root, clock, settings, server, queue, mail
):
    mail_id = queue()
    _take_next(database, clock.now(), clock.now())  # and then the process was killed

    clock.move(timedelta(minutes=4))
    service.send_due(database, root, settings, clock)
    assert mail(mail_id).status == MailStatus.SENDING
    clock.move(timedelta(minutes=2))
    service.send_due(database, root, settings, clock)

    assert mail(mail_id).status == MailStatus.UNCERTAIN
    assert server.received == []


@pytest.mark.parametrize("was_written", [True, False])
def test_sender_that_died_over_the_folder_is_settled_by_the_file(
    database, root, clock, tmp_path, queue, mail, was_written
):
    folder = Settings(instance_path=tmp_path, mode=Mode.TEST)
    mail_id = queue()
    _take_next(database, clock.now(), clock.now())
    file = tmp_path / "outbox" / f"{mail_id}.eml"
    file.parent.mkdir()
    if was_written:
        file.write_bytes(b"Subject: as it was\r\n")

    clock.move(timedelta(minutes=6))
    service.send_due(database, root, folder, clock)

    assert mail(mail_id).status == MailStatus.SENT
    assert (file.read_bytes() == b"Subject: as it was\r\n") is was_written


def test_two_senders_share_the_work(database, root, clock, settings, server, queue):
    for _number in range(20):
        queue()
    sent = []
    threads = [
        threading.Thread(
            target=lambda: sent.append(service.send_due(database, root, settings, clock))
        )
        for _number in range(2)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(sent) == 20
    assert len(server.received) == 20


def test_sender_thread_sends_and_stops(database, root, clock, settings, server, queue, mail):
    mail_id = queue()
    sender = service.Sender(database, root, settings, clock)

    sender.start()
    sender.nudge()
    while mail(mail_id).status != MailStatus.SENT:
        pass
    sender.stop()

    assert len(server.received) == 1
    assert "outbox-sender" not in {thread.name for thread in threading.enumerate()}


class ClockThatFailsOnce:
    """A clock whose first reading is an unforeseen failure."""

    def __init__(self, clock):
        self._clock = clock
        self._has_failed = False

    def now(self):
        if not self._has_failed:
            self._has_failed = True
            raise RuntimeError("unforeseen")
        return self._clock.now()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_sender_that_died_can_be_started_again(
    database, root, clock, settings, server, queue, mail
):
    mail_id = queue()
    sender = service.Sender(database, root, settings, ClockThatFailsOnce(clock))

    sender.start()
    while sender.is_alive():
        pass
    sender.start()
    while mail(mail_id).status != MailStatus.SENT:
        pass
    sender.stop()

    assert len(server.received) == 1
