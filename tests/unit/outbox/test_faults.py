"""Mail servers that die, drip, lie and hang: each mail leaves once or is flagged (R7).

The servers are made by hand of bare sockets; a regular one is in test_sending.py.
"""

import ssl
import threading
import time
from datetime import timedelta

import pytest

from cooperation.outbox import service
from cooperation.outbox.models import MailRow
from cooperation.outbox.rules import MailStatus, reason_label
from cooperation.outbox.service import transport
from cooperation.vault.root import RootKeys
from tests.fixtures.mail_servers import AFTER_THE_TEXT, BEFORE_THE_TEXT, REFUSALS, smtp_settings


@pytest.mark.parametrize("script", BEFORE_THE_TEXT.values(), ids=BEFORE_THE_TEXT)
def test_what_was_not_taken_is_sent_later_and_once(
    database, root, clock, tmp_path, serving, queued_mails, mail_status, script
):
    (mail_id,) = queued_mails()
    bad = serving(**script)

    assert service.send_due(database, root, smtp_settings(tmp_path, bad), clock) == 0
    assert mail_status(mail_id) == MailStatus.DUE
    clock.move(timedelta(minutes=1))
    good = serving()
    assert service.send_due(database, root, smtp_settings(tmp_path, good), clock) == 1
    assert service.send_due(database, root, smtp_settings(tmp_path, good), clock) == 0

    assert (mail_status(mail_id), len(good.texts)) == (MailStatus.SENT, 1)


@pytest.mark.parametrize("script", AFTER_THE_TEXT.values(), ids=AFTER_THE_TEXT)
def test_what_may_have_been_taken_is_flagged_and_never_sent_again(
    database, root, clock, tmp_path, serving, queued_mails, mail_status, script
):
    (mail_id,) = queued_mails()
    bad = serving(**script)

    service.send_due(database, root, smtp_settings(tmp_path, bad), clock)
    good = serving()
    for _day in range(3):
        clock.move(timedelta(days=1))
        service.send_due(database, root, smtp_settings(tmp_path, good), clock)

    assert mail_status(mail_id) == MailStatus.UNCERTAIN
    assert good.texts == []


@pytest.mark.parametrize("script", REFUSALS.values(), ids=REFUSALS)
def test_a_server_that_refuses_everybody_is_tried_until_it_is_mended(
    database, root, clock, tmp_path, serving, queued_mails, mail_status, script
):
    ids = queued_mails(3)
    bad = serving(**script)

    service.send_due(database, root, smtp_settings(tmp_path, bad), clock)
    assert {mail_status(each) for each in ids} == {MailStatus.DUE}
    clock.move(timedelta(minutes=1))
    good = serving()
    service.send_due(database, root, smtp_settings(tmp_path, good), clock)

    assert {mail_status(each) for each in ids} == {MailStatus.SENT}
    assert len(good.texts) == 3


@pytest.mark.parametrize("script", REFUSALS.values(), ids=REFUSALS)
def test_two_days_of_refusals_blame_no_address(
    database, root, clock, tmp_path, serving, queued_mails, mail_status, script
):
    (mail_id,) = queued_mails()
    bad = smtp_settings(tmp_path, serving(**script))

    for _try in range(8):
        service.send_due(database, root, bad, clock)
        clock.move(timedelta(days=1))

    assert mail_status(mail_id) == MailStatus.FAILED
    with database.reading() as session:
        reason = session.get_one(MailRow, mail_id).reason
    assert "address" not in str(reason_label(reason)).partition("not the address")[0]


@pytest.mark.parametrize("answer", [b"550 nobody\r\n", b"554 no\r\n"])
def test_a_refusal_is_believed_of_a_server_that_takes_other_mails(
    database, root, clock, tmp_path, serving, queued_mails, mail_status, answer
):
    first, second = queued_mails(2)
    server = serving(rcpt=[answer, b"250 ok\r\n", answer])

    service.send_due(database, root, smtp_settings(tmp_path, server), clock)
    clock.move(timedelta(minutes=1))
    service.send_due(database, root, smtp_settings(tmp_path, server), clock)

    assert sorted(map(mail_status, (first, second))) == [MailStatus.FAILED, MailStatus.SENT]


def test_what_a_late_copy_of_the_keyring_cannot_open_is_tried_again(
    database, root, clock, tmp_path, serving, queued_mails, mail_status
):
    """Another host has rotated the root key; here the new version is not copied yet."""
    (mail_id,) = queued_mails()
    older = RootKeys({7: bytes(32)}, instance=root.instance)
    server = serving()

    assert service.send_due(database, older, smtp_settings(tmp_path, server), clock) == 0
    waits = mail_status(mail_id)
    clock.move(timedelta(minutes=2))

    assert waits == MailStatus.DUE
    assert service.send_due(database, root, smtp_settings(tmp_path, server), clock) == 1


def test_a_line_that_breaks_after_the_answer_harms_nothing(
    database, root, clock, tmp_path, serving, queued_mails, mail_status
):
    """The first mail is acknowledged and the line dropped; the second goes on a new line, once."""
    ids = queued_mails(2)
    server = serving(mail=[b"250 ok\r\n", "drop", b"250 ok\r\n"])

    service.send_due(database, root, smtp_settings(tmp_path, server), clock)
    clock.move(timedelta(minutes=1))
    service.send_due(database, root, smtp_settings(tmp_path, server), clock)

    assert [mail_status(each) for each in ids] == [MailStatus.SENT, MailStatus.SENT]
    assert len(server.texts) == 2


OFFERS_TLS = {"ehlo": b"250-mail\r\n250 STARTTLS\r\n"}


@pytest.mark.parametrize(
    "script",
    [{}, OFFERS_TLS, OFFERS_TLS | {"starttls": "drop"}],
    ids=["is not offered", "is no TLS", "breaks"],
)
def test_where_tls_is_required_and_fails_nothing_is_said(
    database, root, clock, tmp_path, serving, queued_mails, mail_status, script
):
    (mail_id,) = queued_mails()
    server = serving(**script)

    strict = smtp_settings(tmp_path, server, smtp_starttls=True)
    assert service.send_due(database, root, strict, clock) == 0

    assert mail_status(mail_id) == MailStatus.DUE
    assert server.texts == []


def test_a_certificate_of_somebody_else_is_not_trusted():
    context = ssl.create_default_context()

    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_a_sender_that_hangs_delays_no_save(
    database, root, clock, tmp_path, serving, queued_mails, monkeypatch
):
    """Between taking a mail and noting its outcome no transaction is open."""
    monkeypatch.setattr(transport, "_TIMEOUT_SECONDS", 5)
    queued_mails(3)
    server = serving(text="silent")
    thread = threading.Thread(
        target=service.send_due,
        args=(database, root, smtp_settings(tmp_path, server), clock),
    )
    thread.start()
    while not server.texts:
        time.sleep(0.01)

    times = []
    for _save in range(50):
        began = time.monotonic()
        queued_mails()
        times.append(time.monotonic() - began)
    is_hanging = thread.is_alive()
    server.stop()
    thread.join()

    assert is_hanging
    assert sorted(times)[len(times) // 2] < 0.1
    assert max(times) < 1
