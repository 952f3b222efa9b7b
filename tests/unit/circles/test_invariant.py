"""Random lives of an instance: nothing becomes unreadable to members, nothing readable to others.

After each run every person opens exactly what she should, asked of the service; and a thief with
every row that ever was, the root key and the keys of one who has left opens nothing made since.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from cooperation.access.rules import Role
from cooperation.circles import service as circles
from cooperation.circles.rules import (
    ASSEMBLY,
    COURT,
    SECRETARIAT,
    BundleKind,
    audience_of,
    state_circle,
)
from cooperation.circles.service.verified import directory_of
from cooperation.core.db import Session
from cooperation.vault.keys import PrivateKey
from cooperation.vault.member import make_blob_key
from cooperation.vault.passwords import LIGHT
from tests.fixtures.circles import NOW, PASSWORD, World
from tests.fixtures.thief import Loot

STATE, OTHER = state_circle("AF01"), state_circle("AF02")
NEWCOMERS = {
    STATE: Role.FOCAL_POINT,
    OTHER: Role.FOCAL_POINT,
    COURT: Role.COURT_READER,
    SECRETARIAT: Role.HEAD,
}
KINDS = {
    BundleKind.DRAFT: (STATE, OTHER),
    BundleKind.SUBMITTED_STATES: (STATE, OTHER),
    BundleKind.SUBMITTED_COURT: (STATE, OTHER),
    BundleKind.PUBLISHED: (SECRETARIAT,),
}


@dataclass
class Life:
    """What happens to an instance, and what should be readable to whom."""

    world: World
    session: Session
    random: random.Random
    loot: Loot
    keys: dict[str, dict[int, PrivateKey]] = field(default_factory=dict)
    here: dict[str, list[str]] = field(default_factory=dict)
    lasts: dict[str, dict[str, int]] = field(default_factory=dict)
    eras: dict[str, int] = field(default_factory=dict)
    grants: dict[str, set[tuple[str, int]]] = field(default_factory=dict)
    sheets: dict[str, str] = field(default_factory=dict)
    joined: set[tuple[str, int]] = field(default_factory=set)
    number: int = 0

    def begin(self) -> None:
        """Take over the people of the small world; nobody without a circle."""
        for name, person in self.world.people.items():
            if person.circle in NEWCOMERS:
                self.here.setdefault(person.circle, []).append(name)
                self.keys[name] = {1: person.opened.keys.sealing}

    def of(self, circle: str) -> str:
        """Return somebody of a circle who may invite."""
        able = {Role.HEAD, Role.FOCAL_POINT, Role.COURT_READER}
        return self.random.choice(
            [name for name in self.here[circle] if self.world.people[name].role in able]
        )

    def any_circle(self) -> str:
        return self.random.choice(list(NEWCOMERS))

    def admit(self) -> None:
        circle = self.any_circle()
        self._enter(circle, self.of(circle))

    def _enter(self, circle: str, inviter: str) -> None:
        self.number += 1
        name = f"newcomer{self.number}"
        person = self.world.join(self.session, name, inviter, NEWCOMERS[circle], circle)
        self.here.setdefault(circle, []).append(name)
        self.keys[name] = {1: person.opened.keys.sealing}

    def remove(self) -> None:
        circle = self.any_circle()
        remover = self.of(circle)
        able = [name for name in self.here[circle] if name != remover]
        leavers = self.random.sample(able, k=min(len(able), self.random.randint(0, 2)))
        for name in leavers:
            self._leave(circle, name)
        ids = tuple(self.world.people[name].person_id for name in leavers)
        circles.renew_circle(self.world.context(self.session, remover), circle, removing=ids)

    def _leave(self, circle: str, name: str) -> None:
        known = directory_of(self.session).circles
        self.here[circle].remove(name)
        self.lasts[name] = {each: known[each].version for each in (circle, ASSEMBLY)}

    def renew_assembly(self) -> None:
        circles.renew_assembly(self.world.context(self.session, self.of(SECRETARIAT)))

    def change_password(self) -> None:
        person = self.world.people[name := self.of(self.any_circle())]
        person.opened = circles.change_member_keys(
            self.session,
            self.world.root,
            opened=person.opened,
            blob_key=make_blob_key(PASSWORD, LIGHT),
            now=NOW,
            actor=self.world.context(self.session, name).actor,
        )
        self.keys[name][len(self.keys[name]) + 1] = person.opened.keys.sealing

    def write(self) -> None:
        kind = self.random.choice(list(KINDS))
        maker = self.random.choice(KINDS[kind])
        state = None if kind == BundleKind.PUBLISHED else maker.removeprefix("state/")
        audience = audience_of(kind, state)
        made = circles.create_bundle(
            self.world.context(self.session, self.of(maker)),
            kind=kind,
            edition="2026",
            state=state,
            circles=audience,
        )
        self.grants[made.id] = {(circle, self.eras.get(circle, 0)) for circle in audience}

    def found_again(self) -> None:
        """The State or the Court loses everybody."""
        circle = self.random.choice([STATE, OTHER, COURT])
        heads = [n for n in self.here[SECRETARIAT] if self.world.people[n].role == Role.HEAD]
        if len(heads) < 2:
            self._enter(SECRETARIAT, heads[0])
            heads = [*heads, self.here[SECRETARIAT][-1]]
        circles.propose_dissolution(self.world.context(self.session, heads[0]), circle)
        circles.confirm_dissolution(self.world.context(self.session, heads[1]), circle)
        for name in list(self.here[circle]):
            self._leave(circle, name)
        self.eras[circle] = self.eras.get(circle, 0) + 1
        self._enter(circle, heads[0])
        code = self.sheets.pop(circle, None)
        if code and self.random.random() < 0.7:
            circles.use_recovery_sheet(self.world.context(self.session, self.here[circle][0]), code)
            self.joined.add((circle, self.eras[circle]))

    def grant_again(self) -> None:
        circle, giver = self.random.choice(
            [(STATE, SECRETARIAT), (STATE, COURT), (COURT, STATE), (COURT, OTHER), (OTHER, COURT)]
        )
        ctx = self.world.context(self.session, self.of(giver))
        try:
            circles.regrant(ctx, circle)
        finally:
            for bundle, granted in self.grants.items():
                if self._reads(giver, granted) and any(name == circle for name, _era in granted):
                    self.grants[bundle] = {*granted, (circle, self.eras.get(circle, 0))}

    def make_sheet(self) -> None:
        circle = self.random.choice([STATE, OTHER, COURT])
        if circle not in self.sheets:
            made = circles.make_recovery_sheet(self.world.context(self.session, self.of(circle)))
            self.sheets[circle] = made.code

    def _reads(self, circle: str, granted: set[tuple[str, int]]) -> bool:
        """Tell whether a circle's people of today open a bundle."""
        era = self.eras.get(circle, 0)
        reachable = {(ASSEMBLY, 0), (circle, era)}
        while (circle, era) in self.joined:
            era -= 1
            reachable.add((circle, era))
        return bool(reachable & granted)

    def faults(self) -> Iterator[str]:
        """Return whatever is readable to the wrong person, or not to the right one."""
        for circle, names in self.here.items():
            for name in names:
                ctx = self.world.context(self.session, name)
                for bundle, granted in self.grants.items():
                    if circles.can_open(ctx, bundle) != self._reads(circle, granted):
                        yield f"{name} of {circle} and {granted}"
        versions = {}
        for bundle, circle, version, _sealed in self.loot.grants:
            versions.setdefault(bundle, set()).add((circle, version))
        for name, last in self.lasts.items():
            opened = self.loot.opens(
                self.session, self.world.people[name].person_id, self.keys[name]
            )
            for bundle in opened:
                if all(version > last.get(name, 0) for name, version in versions[bundle]):
                    yield f"{name}, who has left, and {versions[bundle]}"


ACTS: list[Callable[[Life], None]] = [
    Life.admit,
    Life.remove,
    Life.remove,
    Life.renew_assembly,
    Life.change_password,
    Life.write,
    Life.write,
    Life.found_again,
    Life.grant_again,
    Life.make_sheet,
]


def live(world: World, seed: int, acts: int) -> None:
    with world.database.writing() as session:
        life = Life(world, session, random.Random(seed), Loot(world.root))
        life.begin()
        for _time in range(acts):
            life.random.choice(ACTS)(life)
            life.loot.copy_rows(session)
        faults = list(life.faults())

    assert faults == [], f"seed {seed}"


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nothing_is_lost_to_members_and_nothing_opens_to_others(world: World, seed: int) -> None:
    live(world, seed, acts=16)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 120))
def test_nothing_is_lost_in_longer_lives(world: World, seed: int) -> None:
    live(world, seed, acts=60)
