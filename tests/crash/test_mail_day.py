"""A simulated day of every fault that a mail server can have, with senders that die (R7)."""

from collections import Counter
from datetime import timedelta

import pytest

from cooperation.outbox import service
from cooperation.outbox.rules import MailStatus
from cooperation.outbox.service.sender import _take_next
from tests.fixtures.mail_servers import AFTER_THE_TEXT, BEFORE_THE_TEXT, REFUSALS, smtp_settings

QUARTERS = 96


@pytest.mark.slow
def test_a_day_of_every_fault_sends_each_mail_once_or_flags_it(
    database, root, clock, tmp_path, serving, queued_mails, mail_status
):
    """Twenty-four hours in steps of a quarter: the server changes its mind, senders die."""
    faults = [*BEFORE_THE_TEXT.values(), *AFTER_THE_TEXT.values(), *REFUSALS.values()]
    quick = [each for each in faults if not {"silent", "drip"} & {str(v) for v in each.values()}]
    ids, servers = [], []
    for quarter in range(QUARTERS):
        ids += queued_mails()
        script = {} if quarter % 4 == 3 else quick[quarter % len(quick)]
        servers.append(serving(**script))
        if quarter % 7 == 0:
            _take_next(database, clock.now(), clock.now())  # and the sender was killed
        service.send_due(database, root, smtp_settings(tmp_path, servers[-1]), clock)
        clock.move(timedelta(minutes=15))
    for _day in range(3):
        clock.move(timedelta(days=1))
        servers.append(serving())
        service.send_due(database, root, smtp_settings(tmp_path, servers[-1]), clock)

    found = Counter(mail_status(each) for each in ids)
    taken = b"".join(text for server in servers for text in server.taken)
    times = Counter({each: taken.count(f"Message-ID: <{each}@".encode()) for each in ids})
    assert sum(found.values()) == len(ids) == QUARTERS
    assert found.keys() <= {MailStatus.SENT, MailStatus.UNCERTAIN, MailStatus.FAILED}
    assert all(times[each] == 1 for each in ids if mail_status(each) == MailStatus.SENT)
    assert all(times[each] <= 1 for each in ids)
    print(f"{dict(found)}, none taken twice")  # noqa: T201 - the figure
