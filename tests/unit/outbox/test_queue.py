import stat
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import sqlalchemy as sa

from cooperation.core.text import _
from cooperation.outbox import service
from cooperation.outbox.models import MailRow
from cooperation.outbox.rules import Attachment, Mail, MailStatus, is_sendable, next_try_at
from cooperation.outbox.service.queue import AddressRefusedError

LINK = "https://cooperation.example/activate/0123456789abcdef"


def queue(database, root, clock, **given):
    arguments = {
        "to": "post@mission.example",
        "subject": _("Platform on cooperation: your invitation"),
        "body": f"Use this link: {LINK}\n",
        "purpose": "invitation",
        "language": "en",
        "now": clock.now(),
    } | given
    with database.writing() as session:
        return service.queue(session, root, **arguments)


def status(database, mail_id):
    with database.reading() as session:
        return service.status_of(session, [mail_id])[mail_id]


def files(settings):
    return sorted((settings.instance_path / "outbox").glob("*.eml"))


def test_due_mail_is_written_to_the_folder_for_its_owner_alone(database, root, clock, settings):
    attachment = Attachment("note.pdf", "application/pdf", b"%PDF-1.7 \xff")
    mail_id = queue(database, root, clock, attachments=(attachment,))

    sent = service.send_due(database, root, settings, clock)

    assert sent == 1
    (file,) = files(settings)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert message["To"] == "post@mission.example"
    assert message["From"] == "platform@example.org"
    assert message["Subject"] == "Platform on cooperation: your invitation"
    assert mail_id in message["Message-ID"]
    assert LINK in message.get_body().get_content()
    (found,) = message.iter_attachments()
    assert (found.get_filename(), found.get_content()) == ("note.pdf", b"%PDF-1.7 \xff")


def test_sent_mail_leaves_no_link_and_no_recipient_in_the_database(
    database, root, clock, settings, tmp_path
):
    mail_id = queue(database, root, clock)
    with database.reading() as session:
        waiting = session.get_one(MailRow, mail_id).sealed_payload

    service.send_due(database, root, settings, clock)

    with database.reading() as session:
        mail = session.get_one(MailRow, mail_id)
        assert (mail.status, mail.sealed_payload) == (MailStatus.SENT, None)
        assert mail.sent_at == clock.now()
        assert len(mail.payload_mac) == 32
    for marker in (LINK.encode(), b"post@mission.example"):
        assert marker not in waiting
    with database.engine.connect() as connection:
        connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)"))
    content = (tmp_path / "mails.db").read_bytes()
    assert waiting not in content
    assert LINK.encode() not in content


def test_mail_is_sent_once(database, root, clock, settings):
    queue(database, root, clock)

    assert service.send_due(database, root, settings, clock) == 1
    assert service.send_due(database, root, settings, clock) == 0
    assert len(files(settings)) == 1


def test_held_mail_waits_for_its_release(database, root, clock, settings):
    mail_id = queue(database, root, clock, held=True)
    assert service.send_due(database, root, settings, clock) == 0

    with database.writing() as session:
        assert service.release(session, [mail_id], clock.now()) == 1
        assert service.release(session, [mail_id], clock.now()) == 0

    assert service.send_due(database, root, settings, clock) == 1
    assert status(database, mail_id) is MailStatus.SENT


def test_voided_mail_never_leaves(database, root, clock, settings):
    mail_id = queue(database, root, clock, held=True)

    with database.writing() as session:
        assert service.void(session, [mail_id]) == 1
        assert service.release(session, [mail_id], clock.now()) == 0

    assert service.send_due(database, root, settings, clock) == 0
    with database.reading() as session:
        assert session.get_one(MailRow, mail_id).sealed_payload is None


def test_sent_mail_cannot_be_voided_or_repeated(database, root, clock, settings):
    mail_id = queue(database, root, clock)
    service.send_due(database, root, settings, clock)

    with database.writing() as session:
        assert service.void(session, [mail_id]) == 0
        assert service.retry(session, [mail_id], clock.now()) == 0


def test_mail_disappears_with_the_act_that_fails(database, root, clock):
    def act_and_fail():
        with database.writing() as session:
            service.queue(
                session,
                root,
                to="a@example.org",
                subject="s",
                body="b",
                purpose="p",
                language="en",
                now=clock.now(),
            )
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act_and_fail()

    with database.reading() as session:
        assert service.counts_of(session) == {}


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b@example.org",
        "a b@example.org",
        "a@example.org\nBcc: x@example.org",
        "a@example.org,b@example.org",
        "Name <a@example.org>",
        "á@example.org",
        "a@" + "x" * 300,
        "a\x00@example.org",
    ],
)
def test_anything_but_one_plain_address_is_refused(database, root, clock, address):
    with pytest.raises(AddressRefusedError):
        queue(database, root, clock, to=address)


def test_plain_addresses_are_accepted():
    for address in ("post@mission.example", "a.b+c@localhost", "x_1@sub.mission.example"):
        assert is_sendable(address)


def test_subject_stays_on_one_line(database, root, clock, settings):
    queue(database, root, clock, subject="First\r\nBcc: other@example.org")

    service.send_due(database, root, settings, clock)

    message = message_from_bytes(files(settings)[0].read_bytes(), policy=policy.default)
    assert message["Bcc"] is None


def test_mail_that_does_not_open_is_flagged_and_the_next_one_leaves(
    database, root, clock, settings
):
    broken = queue(database, root, clock)
    with database.writing() as session:
        session.get_one(MailRow, broken).sealed_payload = b"CP not a payload"
    clock.move(timedelta(seconds=1))
    good = queue(database, root, clock)

    assert service.send_due(database, root, settings, clock) == 1
    assert status(database, broken) is MailStatus.FAILED
    assert status(database, good) is MailStatus.SENT


def test_payload_of_one_mail_does_not_open_as_another(database, root, clock, settings):
    first = queue(database, root, clock, held=True)
    second = queue(database, root, clock)
    with database.writing() as session:
        payload = session.get_one(MailRow, first).sealed_payload
        session.get_one(MailRow, second).sealed_payload = payload

    service.send_due(database, root, settings, clock)

    assert status(database, second) is MailStatus.FAILED


def test_mail_survives_its_bytes():
    mail = Mail("a@example.org", "s", "Où ça ? 你好", (Attachment("n.pdf", "a/b", b"\x00\xff"),))

    assert Mail.from_bytes(mail.to_bytes()) == mail


def test_patience_grows_and_ends(clock):
    pauses = []
    tries = 1
    while (then := next_try_at(tries, clock.now())) is not None:
        pauses.append(then - clock.now())
        tries += 1

    assert pauses == sorted(pauses)
    assert tries == 8


def test_mail_with_a_later_day_waits_for_it(database, root, clock, settings):
    due_at = clock.now() + timedelta(hours=1)
    queue(database, root, clock, purpose="digest", due_at=due_at)

    assert service.send_due(database, root, settings, clock) == 0
    with database.writing() as session:
        assert service.is_waiting(session, "digest")
        assert not service.is_waiting(session, "another")

    clock.move(timedelta(hours=1))
    assert service.send_due(database, root, settings, clock) == 1
    with database.writing() as session:
        assert not service.is_waiting(session, "digest")
