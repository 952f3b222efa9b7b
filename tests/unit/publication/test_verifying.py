"""The stand-alone verifier takes what was published as it was signed, and nothing else."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from cooperation.audit import service as audit
from cooperation.editions.rules import Answer, canonical
from cooperation.offline import verify_receipt
from cooperation.publication.batches.service.candidates import published_bundle
from cooperation.publication.batches.service.records import published_bytes
from cooperation.publication.models import PublishedAnswer
from cooperation.publication.reading.service.proving import export_proofs
from cooperation.publication.rules import ANSWER_FIELD, PUBLISHED_KIND
from cooperation.responses.rules import OpenedAnswer
from cooperation.vault.commitment import commit, new_salt
from cooperation.vault.keys import SigningKey
from cooperation.vault.signed_notes import vkey_of
from tests.fixtures import proofs, responses
from tests.fixtures.proofs import ORIGIN, Evidence, answer_of, refused_by, reread
from tests.fixtures.publication import STATE, Office

MUTATIONS = 300


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    """A proof over three submissions of two States."""
    return Evidence()


@pytest.fixture
def office(published: Office) -> Office:
    """All that AF01 gave to the States Parties is published, and the log is signed."""
    published.sign_log()
    return published


def export(office: Office, person: str = "other_focal") -> tuple[bytes, str]:
    """Return an export with proofs, and the log's key."""
    with office.round.acting(person) as ctx:
        content = export_proofs(ctx, responses.EDITION).content
    return content, audit.log_vkey(office.round.world.settings)


@pytest.mark.parametrize("person", ["other_focal", "court"])
def test_what_the_platform_exports_is_verified(office: Office, person: str) -> None:
    archive, key = export(office, person)

    assert refused_by(archive, key) == set()


def test_the_program_says_what_it_checked(
    office: Office, tmp_path: Path, evidence: Evidence
) -> None:
    archive, key = export(office, "court")
    file = tmp_path / "proofs.zip"
    file.write_bytes(archive)
    program = [sys.executable, "-I", str(verify_receipt.__file__)]

    given = subprocess.run([*program, "--key", key, file], capture_output=True, text=True)
    unnamed = subprocess.run([*program, file], capture_output=True, text=True)
    another = subprocess.run(
        [*program, "--key", evidence.vkey, file], capture_output=True, text=True
    )

    assert [given.returncode, unnamed.returncode, another.returncode] == [0, 3, 1]
    assert "edition 2026: " in given.stdout
    assert " answers of 1 State, " in given.stdout
    assert " of them restricted, " in given.stdout
    assert given.stdout.endswith("VERIFIED: every check passed.\n")


def test_a_proof_of_several_states_is_verified(evidence: Evidence) -> None:
    archive = evidence.archive()

    assert refused_by(archive, evidence.vkey) == set()
    assert refused_by(archive, vkey_of(ORIGIN, SigningKey.generate())) >= {"parts"}
    assert len(reread(archive)["answers"]) == 8


def test_a_forged_row_is_left_out_and_the_rest_is_proved(office: Office) -> None:
    """Somebody holds the edition's key and writes to the database."""
    forged = OpenedAnswer(canonical(Answer(text="What AF01 never wrote")), new_salt(), "2026")
    with office.round.acting("other_focal") as ctx:
        bundle = published_bundle(ctx, responses.EDITION)
        row = ctx.session.get_one(PublishedAnswer, (responses.EDITION, STATE, "A-07"))
        assert bundle is not None
        row.sealed = bundle.seal(
            kind=PUBLISHED_KIND,
            code="A-07",
            version=row.version + 1,
            field=ANSWER_FIELD,
            content=published_bytes(forged),
            state=STATE,
        )
        row.commitment = commit(forged.canonical, forged.salt)
    archive, key = export(office)

    assert reread(archive)["left_out"] == [{"state": STATE, "question": "A-07", "why": "doubtful"}]
    assert b"never wrote" not in archive
    assert refused_by(archive, key) == set()


Change = Callable[[Evidence], None]


def _set(state: str, question: str, **values: Any) -> Change:
    return lambda made: made.answer(state, question).update(values)


def _document(**values: Any) -> Change:
    return lambda made: made.document.update(values)


def _submission(place: int, **values: Any) -> Change:
    return lambda made: made.document["submissions"][place].update(values)


def _entry(**values: Any) -> Change:
    return lambda made: made.entries["WE02", 1].update(values)


def _scope(**values: Any) -> Change:
    return lambda made: made.entries["WE02", 1]["scope"].update(values)


def _another_text(made: Evidence) -> None:
    """A text that was never signed, with a commitment of its own."""
    salt = bytes(32)
    found = commit(b'{"text":"never"}', salt).hex()
    made.answer("WE02", "A-01").update(answer='{"text":"never"}', salt=salt.hex(), commitment=found)


def _swap(made: Evidence) -> None:
    """The answers to two questions change places, each with its own way to the root."""
    first, second = made.answer("WE02", "A-01"), made.answer("WE02", "B-10")
    first["question"], second["question"] = "B-10", "A-01"
    made.document["answers"].sort(key=lambda each: (each["state"], each["question"]))


def _other_state(made: Evidence) -> None:
    """An answer of one State is shown as the other's."""
    stolen = answer_of("AF01", 2, "A-02")
    names = ("answer", "salt", "commitment")
    made.answer("WE02", "A-02").update({name: stolen[name] for name in names})


def _renamed_state(made: Evidence) -> None:
    """A whole submission is shown as another State's, its entry left as the log has it."""
    for each in (made.document["submissions"][2], *made.document["answers"][3:]):
        each["state"] = "WE03"
    made.entries["WE03", 1] = made.entries.pop(("WE02", 1))


def _unused(made: Evidence) -> None:
    del made.document["answers"][0]


def _twice(made: Evidence) -> None:
    made.document["answers"].insert(0, made.document["answers"][0])


def _turned(made: Evidence) -> None:
    made.document["answers"].reverse()


def _also_left_out(made: Evidence) -> None:
    made.document["left_out"] = [{"state": "AF01", "question": "A-02", "why": "narrowed"}]


def _short_path(made: Evidence) -> None:
    made.answer("WE02", "A-01")["path"].pop()


def _long_path(made: Evidence) -> None:
    made.answer("WE02", "A-01")["path"].append("0" * 64)


def _published_action(made: Evidence) -> None:
    made.entries["WE02", 1]["action"] = "publication.published"


FORGERIES: dict[str, tuple[Change, str]] = {
    "another text": (_another_text, "root"),
    "a text beside its commitment": (_set("WE02", "A-01", answer='{"text":"x"}'), "answers"),
    "another salt": (_set("WE02", "A-01", salt="0" * 64), "answers"),
    "two questions swapped": (_swap, "root"),
    "another State's answer": (_other_state, "root"),
    "another State's submission": (_renamed_state, "documents"),
    "another edition": (_document(edition="2025"), "documents"),
    "the Court's shown as published": (_set("WE02", "A-05", audience="states"), "root"),
    "another status": (_set("WE02", "A-01", status="no_answer"), "root"),
    "another submission's number": (_set("AF01", "A-01", number=2), "documents"),
    "a way that is too short": (_short_path, "root"),
    "a way that is too long": (_long_path, "root"),
    "a place outside of the tree": (_set("WE02", "C-17", index=7), "root"),
    "a root of one's own": (_submission(2, root="0" * 64), "documents"),
    "another submission's id": (_submission(2, submission=ORIGIN[16:52]), "documents"),
    "a number of one's own": (_submission(0, number=0), "documents"),
    "another origin": (_document(origin=f"{ORIGIN[:-1]}2"), "documents"),
    "another instance": (_document(instance="here"), "documents"),
    "a submission that nobody shows": (_unused, "documents"),
    "an answer twice": (_twice, "documents"),
    "another order": (_turned, "documents"),
    "here and left out": (_also_left_out, "documents"),
    "one member more": (_document(more=1), "documents"),
    "an entry of another act": (_published_action, "documents"),
    "an entry of another State": (_scope(states=["AF01"]), "documents"),
    "an entry of another edition": (_scope(edition="2025"), "documents"),
    "an entry of another institution": (_entry(institution="secretariat"), "documents"),
    "an entry of another root": (_entry(commitment="0" * 64), "documents"),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_refused_even_where_the_log_signs_its_parts(
    evidence: Evidence, name: str
) -> None:
    change, check = FORGERIES[name]
    made = evidence.changed()
    change(made)

    assert check in refused_by(made.archive(), evidence.vkey)


def test_an_answer_that_is_no_canonical_object_is_refused(
    evidence: Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even where the State signed its commitment."""

    def odd(state: str, number: int, question: str) -> dict[str, Any]:
        found = answer_of(state, number, question)
        text = f" {found['answer']}"
        commitment = commit(text.encode(), bytes.fromhex(found["salt"])).hex()
        return found | {"answer": text, "commitment": commitment}

    monkeypatch.setattr(proofs, "answer_of", odd)

    assert refused_by(evidence.changed().archive(), evidence.vkey) == {"answers"}


def test_an_entry_that_is_not_in_the_log_is_refused(evidence: Evidence) -> None:
    made, parts = evidence.changed(), evidence.parts()
    made.entries["WE02", 1]["request_id"] = "another"
    forged = parts | {"entry-WE02-1.json": made.parts()["entry-WE02-1.json"]}

    assert refused_by(evidence.archive(forged), evidence.vkey) == {"log"}


def test_a_proof_to_another_checkpoint_is_refused(evidence: Evidence) -> None:
    made = evidence.changed()
    made.size += 1
    forged = evidence.parts() | {"proof-WE02-1.tlog-proof": made.parts()["proof-WE02-1.tlog-proof"]}

    assert refused_by(evidence.archive(forged), evidence.vkey) == {"documents"}


@pytest.mark.parametrize("name", ["proof-AF01-2.tlog-proof", "entry-WE02-1.json"])
def test_a_part_that_is_missing_or_strange_is_refused(evidence: Evidence, name: str) -> None:
    parts = evidence.parts()
    without = {each: content for each, content in parts.items() if each != name}
    renamed = {each.replace("WE02", "WE09"): content for each, content in parts.items()}
    turned = dict(sorted(parts.items(), reverse=True))

    for made in (without, renamed, turned, parts | {"submission.pdf": b"more"}):
        assert refused_by(evidence.archive(made), evidence.vkey)


def test_no_changed_byte_is_taken(evidence: Evidence) -> None:
    archive, chance = evidence.archive(), Random(41)
    taken = []
    for _time in range(MUTATIONS):
        place, change = chance.randrange(len(archive)), chance.randrange(1, 256)
        mutated = bytearray(archive)
        mutated[place] ^= change
        if not refused_by(bytes(mutated), evidence.vkey):
            taken.append((place, change))

    assert taken == []
