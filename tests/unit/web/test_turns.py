"""Exports take turns, whatever process they run in; nobody waits in an endless queue."""

import threading
import time

import pytest

from cooperation.web import turns
from cooperation.web.turns import MOST_WAITING, QueueTooLong, Turns


@pytest.fixture
def queue(tmp_path):
    """Two processes' views of one queue."""
    return Turns(tmp_path / "turn"), Turns(tmp_path / "turn")


def test_the_next_export_of_another_process_waits_for_the_end_of_this_one(queue):
    here, there = queue
    first = here.take()
    ended, taken = [], threading.Event()

    def wait():
        turn = there.take()
        ended.append("first" in ended)
        turn.end()
        taken.set()

    thread = threading.Thread(target=wait)
    thread.start()
    assert not taken.wait(0.1)
    ended.append("first")
    first.end()
    thread.join(10)

    assert ended == ["first", True]


def test_who_finds_a_long_queue_is_told_at_once(queue):
    here, _there = queue
    places = [here._places.acquire(blocking=False) for _place in range(MOST_WAITING)]

    with pytest.raises(QueueTooLong):
        here.take()
    assert all(places)


def test_who_waited_too_long_leaves_the_place_to_the_next(queue, monkeypatch):
    here, there = queue
    first = there.take()

    with monkeypatch.context() as hurried:
        hurried.setattr(turns, "LONGEST_WAIT", 0.0)
        for _try in range(MOST_WAITING + 1):
            with pytest.raises(QueueTooLong):
                here.take()
    first.end()
    here.take().end()


def test_a_turn_ends_with_its_request(queue):
    here, there = queue

    for _export in range(2 * MOST_WAITING):
        here.take().end()
        there.take().end()


def test_exports_that_follow_each_other_leave_the_processor_for_a_while(queue):
    here, there = queue
    first = here.take()
    time.sleep(0.2)
    first.end()

    ended = time.monotonic()
    there.take().end()

    assert time.monotonic() - ended >= 0.2 * turns.REST
