"""kill -9 of the real server under six people who save over HTTP (reliability R1).

After each kill the server is started again, what was not answered is sent again with its key, and
what was acknowledged is sent a second time: each save must have one effect, in the database as the
State opens it, on the page, and in the log. Five rounds here, CRASH_ROUNDS=25 by `make crash`.
"""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from cooperation.access.rules import Role
from cooperation.audit import service as audit
from cooperation.circles import service as circles
from cooperation.core.clock import FixedClock
from cooperation.core.db import Database, make_engine
from cooperation.editions import service as editions
from cooperation.editions.rules import PublicationRule, Question, QuestionType
from cooperation.responses.models import DraftAnswer, DraftAnswerVersion, Response
from cooperation.responses.service.records import ANSWER_FIELD, DRAFT_KIND, draft_record
from cooperation.web.demonstration.stage import Player, Stage
from cooperation.web.keys import open_root
from tests.fixtures.instance import Instance, RunningServer
from tests.fixtures.savers import Fate, Kept, Save, Saver, problems_of

ROUNDS = int(os.environ.get("CRASH_ROUNDS", "5"))
SEED = int(os.environ.get("CRASH_SEED", "20261122"))
STATE = "AF01"
SAVERS = (Role.CONTRIBUTOR, Role.FOCAL_POINT) * 3
CODE_STEP = 60


class Witness:
    """The State's signatory, who opens the database herself and reads every version kept."""

    def __init__(self, instance: Instance) -> None:
        settings = instance.settings()
        self.database = Database(make_engine(settings.database_address))
        player = instance.person(Role.SIGNATORY, STATE)
        self._player = Player(
            role=Role.SIGNATORY,
            state_code=STATE,
            name=player["name"],
            email=player["email"],
            password=player["password"],
            totp_secret=player["totp_secret"],
            number=99,
        )
        root = open_root(settings, self.database)
        clock = FixedClock(datetime.now(UTC))
        self._stage = Stage(settings, self.database, root, clock)
        self._edition = next(each["id"] for each in instance.editions if each["status"] == "open")

    def text_questions(self, count: int) -> list[Question]:
        """Return questions that are answered by a free text, whatever else is answered."""
        with self.database.reading() as session:
            questionnaire = editions.questionnaire(session, self._edition)
        return [
            question
            for question in questionnaire.questions
            if question.type is QuestionType.LONG_TEXT
            and question.publication is PublicationRule.CHOICE
            and question.asked_when is None
            and not question.derived
        ][:count]

    def address_of(self, question: Question) -> str:
        """Return the page on which a question is answered."""
        return f"/response/{self._edition}/parts/{question.part}"

    def look(self) -> Kept:
        """Open every version of the draft with the State's key, and verify the log."""
        with self._stage.acting(self._player) as ctx:
            response = ctx.session.scalars(
                sa.select(Response).where(
                    Response.state_code == STATE, Response.edition_id == self._edition
                )
            ).one()
            rows = ctx.session.execute(
                sa.select(
                    DraftAnswer.question, DraftAnswerVersion.version, DraftAnswerVersion.sealed
                )
                .join(DraftAnswerVersion, DraftAnswerVersion.answer_id == DraftAnswer.id)
                .where(DraftAnswer.response_id == response.id)
                .order_by(DraftAnswer.question, DraftAnswerVersion.version)
            ).all()
            contents = circles.open_bundle(ctx, response.bundle_id).open_many(
                ((question, version, STATE, sealed) for question, version, sealed in rows),
                kind=DRAFT_KIND,
                field=ANSWER_FIELD,
            )
            entries = audit.entries_for(ctx.session, subject=response.id)
            verified = audit.verify(ctx.session)
        texts: dict[str, list[str]] = {}
        for (question, _version, _sealed), content in zip(rows, contents, strict=True):
            texts.setdefault(question, []).append(draft_record(content).answer.text or "")
        logged = Counter(question for entry in entries for question in entry.questions)
        return Kept(texts, logged, str(verified.fault or ""))


@pytest.fixture
def witness(instance: Instance) -> Iterator[Witness]:
    made = Witness(instance)
    yield made
    made.database.engine.dispose()


@pytest.fixture
def savers(instance: Instance, server: RunningServer, witness: Witness) -> list[Saver]:
    """Six sessions of two people; two and two save the same answer and meet conflicts."""
    questions = witness.text_questions(3)
    made: list[Saver] = []
    for number, role in enumerate(SAVERS):
        server.move_clock(CODE_STEP)
        visitor = server.visitor()
        visitor.sign_in(instance.person(role, STATE), at=server.now())
        question = questions[number // 2]
        made.append(Saver(f"Saver {number}", visitor, witness.address_of(question), question))
    return made


@pytest.fixture
def server(instance: Instance, serve) -> RunningServer:
    return serve(instance)


def crash(server: RunningServer, savers: list[Saver], chance: random.Random) -> None:
    """Let all save, kill the server in the middle, and wait until everybody has noticed."""
    is_over, acknowledged = threading.Event(), threading.Semaphore(0)
    threads = [
        threading.Thread(target=saver.save_until, args=(is_over, acknowledged)) for saver in savers
    ]
    for saver in savers:
        saver.open_page()
    for thread in threads:
        thread.start()
    for _ in range(chance.randint(12, 30)):
        while not acknowledged.acquire(timeout=2) and not is_over.is_set():
            assert any(thread.is_alive() for thread in threads), "everybody has stopped saving"
    time.sleep(chance.uniform(0, 0.03))
    server.kill()
    is_over.set()
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive()
    assert not [saver.trouble for saver in savers if saver.trouble]


def send_again(savers: list[Saver], first: list[int]) -> int:
    """Send what was not answered with its own key, and the last acknowledged once more."""
    repeated = 0
    for saver, start in zip(savers, first, strict=True):
        acknowledged = [each for each in saver.saves[start:] if each.fate is Fate.ACKNOWLEDGED]
        for save in [each for each in saver.saves if each.fate is Fate.UNANSWERED]:
            saver.send(save)
        for save in acknowledged[-1:]:
            saver.send(save)
            assert save.fate is Fate.ACKNOWLEDGED, "a repetition was not recognised"
            repeated += 1
    return repeated


def test_no_acknowledged_save_is_lost_or_doubled(server, savers, witness):
    chance = random.Random(SEED)
    killed_in_a_save = repeated = 0

    for _ in range(ROUNDS):
        first = [len(saver.saves) for saver in savers]
        crash(server, savers, chance)
        all_saves = [save for saver in savers for save in saver.saves]
        killed_in_a_save += sum(save.fate is Fate.UNANSWERED for save in all_saves)
        server.start()
        repeated += send_again(savers, first)
        kept = witness.look()
        assert problems_of(all_saves, kept) == [], f"seed {SEED}"
        for saver in savers:
            assert kept.texts[saver.question.code][-1] in saver.open_page().html

    fates = Counter(save.fate for save in all_saves)
    assert fates[Fate.UNANSWERED] == 0
    assert fates[Fate.REFUSED] > 0, "nobody met a colleague's newer text"
    assert killed_in_a_save > 0, "no save was under way when the server was killed"
    assert repeated >= ROUNDS
    forged = Save(savers[0].question.code, "forged", {}, False, Fate.ACKNOWLEDGED)
    assert problems_of([*all_saves, forged], kept) == ["lost: forged"]
