"""The outbox on SQLite and on PostgreSQL: two senders never take the same mail."""

import threading

from cooperation.core.settings import Mode, Settings
from cooperation.outbox import service
from cooperation.outbox.rules import MailStatus


def test_two_senders_share_the_work(each_database, root, clock, tmp_path):
    settings = Settings(instance_path=tmp_path, mode=Mode.TEST)
    with each_database.writing() as session:
        for number in range(24):
            service.queue(
                session,
                root,
                to=f"post{number}@mission.example",
                subject="Note verbale",
                body="See the platform.",
                language="en",
                purpose="note",
                now=clock.now(),
            )
    sent = []
    threads = [
        threading.Thread(
            target=lambda: sent.append(service.send_due(each_database, root, settings, clock))
        )
        for _number in range(3)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(sent) == 24
    assert len(list((tmp_path / "outbox").glob("*.eml"))) == 24
    with each_database.reading() as session:
        assert service.counts_of(session) == {MailStatus.SENT: 24}
