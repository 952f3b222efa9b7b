"""The rounds of the demonstration: editions, notes, answers, signatures, review, publication."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from cooperation.access.context import RequestContext
from cooperation.access.rules import Role
from cooperation.core.errors import Invalid
from cooperation.demonstration.answers import InventedResponse, invent, picked
from cooperation.demonstration.paper import one_page
from cooperation.demonstration.stage import Player, Stage
from cooperation.editions import service as editions
from cooperation.editions.rules import ASK_AGAIN, Answer, Function, Part, Questionnaire, form_fields
from cooperation.notes_verbales import service as notes_verbales
from cooperation.outbox.service import send_due
from cooperation.publication import service as publication
from cooperation.register.rules import StateParty
from cooperation.responses import service as responses
from cooperation.responses.rules import (
    AnswerStatus,
    Audience,
    Seen,
    audience_field,
    version_field,
)
from cooperation.review import service as review
from cooperation.review.rules import Decision, Verdict, needs_decision
from cooperation.two_persons import service as two_persons
from cooperation.web.acts import ACTS

DEADLINE = timedelta(days=77)
BATCH = 30
REFUSAL = "Please leave out the name of the case; the answer can then be published."


@dataclass(frozen=True)
class Round:
    """One edition under way, with the people of the bodies who run it."""

    stage: Stage
    edition_id: str
    questionnaire: Questionnaire
    officer: Player
    head: Player
    seed: str
    """What the answers are invented from."""

    def invented(self, state: StateParty, *, seed: str = "") -> InventedResponse:
        """Return this State's invented response for the edition."""
        return invent(
            self.questionnaire,
            state_name=state.name,
            group=state.group,
            seed=seed or self.seed,
        )


def working_day(day: date) -> date:
    """Return the day, or the Monday after a week-end."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day


def open_round(
    stage: Stage, bodies: Mapping[Role, Player], opens_on: date, *, seed: str = ""
) -> Round:
    """Prepare and open the edition of that day's year; the officer prepares, the head opens."""
    stage.clock.set(datetime.combine(opens_on, time(8), tzinfo=UTC))
    officer, head = bodies[Role.OFFICER], bodies[Role.HEAD]
    with stage.acting(officer) as ctx:
        edition = editions.prepare_edition(
            ctx,
            year=opens_on.year,
            opens_on=opens_on,
            deadline_on=working_day(opens_on + DEADLINE),
            questionnaire_version=editions.questionnaire_versions()[-1],
        )
    with stage.acting(head) as ctx:
        editions.open_edition(ctx, edition.id, shown_hash=edition.prepared_hash or b"")
        questionnaire = editions.questionnaire(ctx.session, edition.id)
    return Round(stage, edition.id, questionnaire, officer, head, seed or str(edition.year))


def issue_notes(round_: Round) -> None:
    """Make, approve and dispatch the notes verbales of an edition."""
    stage = round_.stage
    with stage.acting(round_.officer) as ctx:
        wishes = notes_verbales.proposal_for(ctx, round_.edition_id)
        batch_id = notes_verbales.prepare_notes(ctx, edition_id=round_.edition_id, wishes=wishes)
    _finish(round_, batch_id)
    with stage.acting(round_.head) as ctx:
        view, _ = notes_verbales.batch_view(ctx, batch_id)
        notes_verbales.approve_notes(ctx, batch_id, content_hash=view.content_hash or "")
    _finish(round_, batch_id)
    send_due(stage.database, stage.root, stage.settings, stage.clock)


def _finish(round_: Round, batch_id: str) -> None:
    has_work = True
    while has_work:
        with round_.stage.acting(round_.officer) as ctx:
            has_work = notes_verbales.continue_batch(ctx, batch_id, step_seconds=60).has_work


def fill_parts(
    ctx: RequestContext, round_: Round, invented: InventedResponse, parts: tuple[Part, ...]
) -> None:
    """Save these parts as their pages would post them."""
    state = responses.overview_page(ctx, edition_id=round_.edition_id)
    seen = {each.question.code: each.seen for part in state.parts for each in part.questions}
    for part in parts:
        saved = responses.save_part(
            ctx,
            edition_id=round_.edition_id,
            part_code=part.code,
            fields=_fields_of(part, invented, seen),
        )
        if saved.left_out or saved.problems:
            raise Invalid


def _fields_of(
    part: Part, invented: InventedResponse, seen: Mapping[str, Seen]
) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for question in part.questions:
        answer = invented.answers.get(question.code)
        if question.derived or answer is None:
            continue
        fields.update(form_fields(question, answer))
        fields[version_field(question)] = [str(seen[question.code])]
        mark = invented.marks.get(question.code)
        if mark is not None:
            fields[audience_field(question)] = [mark.value]
    return fields


def answer_anew(round_: Round, writer: Player, state: StateParty, *, parts: int = 99) -> None:
    """Answer the first `parts` parts of the questionnaire."""
    with round_.stage.acting(writer) as ctx:
        fill_parts(ctx, round_, round_.invented(state), round_.questionnaire.parts[:parts])


def answer_from_last_year(round_: Round, writer: Player, state: StateParty) -> bool:
    """Keep all of last year's answers, then answer two parts anew; tell whether there were any."""
    with round_.stage.acting(writer) as ctx:
        try:
            responses.keep_everything(ctx, edition_id=round_.edition_id)
        except responses.NothingToKeepError:
            return False
        parts = round_.questionnaire.parts
        place = sum(state.code.encode()) % (len(parts) - 2)
        fill_parts(ctx, round_, round_.invented(state), (parts[0], parts[place + 1]))
    return True


def ask_before_release(round_: Round, writer: Player) -> None:
    """Ask to be asked again before release, and add a paper."""
    asked = round_.questionnaire
    with round_.stage.acting(writer) as ctx:
        consent = asked.question(asked.code_of(Function.CONSENT_AUDIENCE))
        asking = InventedResponse("english", {consent.code: Answer(choice=(ASK_AGAIN,))}, {})
        fill_parts(ctx, round_, asking, (asked.part(consent.part),))
        responses.add_file(
            ctx,
            edition_id=round_.edition_id,
            question_code=picked("papers")[0],
            name="guide-for-prosecutors.pdf",
            content=one_page("Invented guide for prosecutors"),
        )


def release_some(round_: Round, decider: Player) -> None:
    """Release some of the answers that wait; the others go on waiting."""
    with round_.stage.acting(decider) as ctx:
        publication.release(ctx, round_.edition_id, questions=picked("released"))


def narrow_one(round_: Round, decider: Player) -> None:
    """Narrow one published answer to State and Court."""
    with round_.stage.acting(decider) as ctx:
        own = publication.own_answers(ctx, round_.edition_id)
        published = sorted(
            each.question.code for each in own.answers if each.published_at is not None
        )
        wanted = [code for code in picked("narrowable") if code in published] or published
        publication.narrow(ctx, round_.edition_id, wanted[0])


def correct(round_: Round, focal_point: Player, signatory: Player, state: StateParty) -> None:
    """Change a part of what was submitted and submit again."""
    with round_.stage.acting(focal_point) as ctx:
        invented = round_.invented(state, seed="correction")
        fill_parts(ctx, round_, invented, (round_.questionnaire.part("C3"),))
    submit(round_, focal_point, signatory)


def mark_ready(round_: Round, focal_point: Player) -> None:
    """Hand the response to the signatory."""
    with round_.stage.acting(focal_point) as ctx:
        responses.mark_ready(ctx, edition_id=round_.edition_id)


def submit(round_: Round, focal_point: Player, signatory: Player) -> None:
    """Mark ready, sign and submit."""
    mark_ready(round_, focal_point)
    with round_.stage.acting(signatory) as ctx:
        state = responses.signing_page(ctx, edition_id=round_.edition_id)
        responses.submit_response(
            ctx,
            edition_id=round_.edition_id,
            version=state.version,
            is_declared=True,
            is_court_confirmed=True,
        )


def approve(round_: Round, state_codes: list[str], *, part: str | None = None) -> None:
    """Approve everything that these States submitted, or one part of it."""
    for code in state_codes:
        with round_.stage.acting(round_.officer) as ctx:
            submission = responses.latest_submission(ctx, round_.edition_id, code)
            if submission is not None:
                review.approve_pending(
                    ctx, round_.edition_id, code, submission_id=submission.id, part_code=part
                )


def refuse_one(round_: Round, state_code: str) -> None:
    """Refuse one answer of a State with a reason that it sees."""
    with round_.stage.acting(round_.officer) as ctx:
        submission = responses.latest_submission(ctx, round_.edition_id, state_code)
        if submission is None:
            return
        rows = responses.submission_answers(
            ctx.session, [submission.id], questions=picked("refusable")
        )
        decidable = sorted(
            row.question
            for row in rows
            if needs_decision(Audience(row.audience), AnswerStatus(row.status))
        )
        review.decide(
            ctx,
            round_.edition_id,
            state_code,
            submission_id=submission.id,
            verdicts={code: Verdict(Decision.REFUSED, REFUSAL) for code in decidable[:1]},
        )


def propose(round_: Round, state_codes: list[str]) -> str:
    """Propose a batch with what is ready of these States; return its id."""
    with round_.stage.acting(round_.officer) as ctx:
        return publication.propose(ctx, round_.edition_id, state_codes=state_codes)


def publish(round_: Round, state_codes: list[str]) -> None:
    """Propose and publish, batch by batch, by two persons."""
    for start in range(0, len(state_codes), BATCH):
        proposal_id = propose(round_, state_codes[start : start + BATCH])
        approve_shown(round_, proposal_id)


def read(round_: Round, reader: Player, state_code: str) -> None:
    """Read what is published of a State, as its page does."""
    with round_.stage.acting(reader) as ctx:
        publication.read_state(ctx, round_.edition_id, state_code)


def wait_for_deadline(round_: Round) -> None:
    """Let the time pass until the deadline has gone by."""
    with round_.stage.database.reading() as session:
        deadline_on = editions.edition(session, round_.edition_id).deadline_on
    round_.stage.clock.set(datetime.combine(deadline_on + timedelta(days=1), time(8), tzinfo=UTC))


def close_round(round_: Round) -> None:
    """Close the edition: the officer proposes, the head does it."""
    with round_.stage.acting(round_.officer) as ctx:
        act_id = editions.propose_closing(ctx, round_.edition_id)
    approve_shown(round_, act_id)


def approve_shown(round_: Round, act_id: str) -> None:
    """Let the head look at what waits for a second person, and approve it."""
    with round_.stage.acting(round_.head) as ctx:
        shown = two_persons.find_act(ctx, ACTS, act_id).act.shown_hash
        two_persons.approve(ctx, ACTS, act_id, shown_hash=shown)
