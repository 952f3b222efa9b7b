"""Writes the statements of one activation, with what belongs to each in the tables."""

from dataclasses import dataclass
from datetime import datetime

from cooperation.access.rules import Actor
from cooperation.circles.models import CircleVersionRow
from cooperation.circles.service.circle_keys import PublicCircle, Recipient, admit_member
from cooperation.circles.service.members import states_of
from cooperation.circles.service.verified import LogNote, append_statement, directory_of
from cooperation.core.db import Session
from cooperation.vault.keys import PrivateKey, key_hash
from cooperation.vault.statements import Admit, Circle, Signer, Statement, moment


@dataclass(frozen=True)
class Scribe:
    """All statements of one activation are by the same signer, at the same time."""

    session: Session
    signer: Signer
    actor: Actor
    now: datetime

    def write(self, statement: Statement, action: str, subject: str | None) -> None:
        """Sign, log and store one statement."""
        states = states_of(self.actor, "")
        note = LogNote(self.actor, action, self.now, subject, states)
        append_statement(self.session, statement, self.signer, note)

    def found(self, name: str, founder: Recipient) -> PublicCircle:
        """Found a circle and give its founder the key."""
        key = PrivateKey.generate()
        circle = self.found_with(name, key)
        admit_member(self.session, circle, key, founder)
        return circle

    def found_with(self, name: str, key: PrivateKey) -> PublicCircle:
        """Found a circle with this key; its first member is the caller's matter.

        A dissolved circle goes on with its next version, which no link joins to the last.
        """
        public_key = key.public_bytes()
        last = directory_of(self.session).circles.get(name)
        version, previous = (last.version + 1, last.key_hash) if last else (1, b"")
        circle = PublicCircle(name, version, key_hash(public_key), public_key)
        statement = Circle(name, version, circle.key_hash, previous, moment(self.now))
        self.write(statement, "circle.founded", None)
        self.session.add(
            CircleVersionRow(
                circle=name, version=version, public_key=public_key, created_at=self.now
            )
        )
        self.session.flush()
        return circle

    def admit_person(self, circle: PublicCircle, key: PrivateKey, person: Recipient) -> None:
        """Admit a person to a circle and give her its key."""
        self._admit(circle, person, "person.admitted")
        admit_member(self.session, circle, key, person)

    def admit_circle(self, assembly: PublicCircle, key: PrivateKey, circle: PublicCircle) -> None:
        """Admit a circle to `assembly` and give it its key."""
        member = Recipient(circle.name, circle.version, circle.public_key)
        self._admit(assembly, member, "circle.admitted")
        admit_member(self.session, assembly, key, member)

    def _admit(self, circle: PublicCircle, member: Recipient, action: str) -> None:
        statement = Admit(
            circle=circle.name,
            version=circle.version,
            member=member.member,
            member_key_hash=key_hash(member.public_key),
            at=moment(self.now),
        )
        self.write(statement, action, None)
