"""5,000 changed records, grants, files, blobs and wraps: none may open (vault.md, Tests)."""

import random
from collections.abc import Callable, Iterator

from cooperation.core.ids import new_id
from cooperation.vault.envelope import BundleContext, ContentKey, RecordCipher, RecordContext
from cooperation.vault.errors import CannotOpen
from cooperation.vault.files import open_file, seal_file
from cooperation.vault.grants import GrantPlace, open_grant, seal_grant
from cooperation.vault.keys import PrivateKey, key_hash
from cooperation.vault.member import Anchor, OpenedMember, create_keys, make_blob_key, seal_member
from cooperation.vault.member import open_member as open_blob
from cooperation.vault.passwords import Profile
from cooperation.vault.root import RootKeys

CONTEXT = BundleContext(new_id(), new_id(), "draft", "2026")
RECORD = RecordContext("AF01", "answer", "A-01", 1, "value")
CONTENT = b"It depends on the kind of account."
SEED = 20261122


def changed_bytes(sealed: bytes, chance: random.Random) -> bytes:
    """Flip one bit, cut off an end, lengthen, or swap two bytes."""
    kind = chance.randrange(4)
    if kind == 0:
        place = chance.randrange(len(sealed))
        flipped = sealed[place] ^ (1 << chance.randrange(8))
        return sealed[:place] + bytes([flipped]) + sealed[place + 1 :]
    if kind == 1:
        return sealed[: chance.randrange(len(sealed))]
    if kind == 2:
        return sealed + chance.randbytes(chance.randrange(1, 20))
    return swapped(sealed, chance)


def swapped(sealed: bytes, chance: random.Random) -> bytes:
    while True:
        first, second = chance.randrange(len(sealed)), chance.randrange(len(sealed))
        if sealed[first] != sealed[second]:
            changed = bytearray(sealed)
            changed[first], changed[second] = changed[second], changed[first]
            return bytes(changed)


def changed(
    context: tuple[str | int | bytes, ...], chance: random.Random
) -> list[str | int | bytes]:
    """Change one field, or move the border between two neighbouring texts."""
    fields = list(context)
    place = chance.randrange(len(fields))
    value = fields[place]
    if isinstance(value, str) and place + 1 < len(fields) and chance.random() < 0.3:
        neighbour = fields[place + 1]
        if isinstance(neighbour, str) and value:
            fields[place], fields[place + 1] = value[:-1], value[-1] + neighbour
            return fields
    if isinstance(value, int):
        fields[place] = value + chance.choice((-1, 1, 256))
    elif isinstance(value, bytes):
        fields[place] = changed_bytes(value, chance)
    else:
        fields[place] = value + chance.choice(("x", "\x00", " ", "0"))
    return fields


def is_refused(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except CannotOpen:
        return True
    return False


def record_attempts(chance: random.Random) -> Iterator[Callable[[], object]]:
    key = ContentKey.generate()
    sealed = RecordCipher(key, CONTEXT).seal(CONTENT, RECORD)
    cipher = RecordCipher(key, CONTEXT)
    assert cipher.open(sealed, RECORD) == CONTENT
    for _case in range(1500):
        yield lambda: cipher.open(changed_bytes(sealed, chance), RECORD)
    for _case in range(1000):
        yield lambda: cipher.open(sealed, RecordContext(*changed(RECORD, chance)))
    for _case in range(500):
        yield lambda: RecordCipher(key, BundleContext(*changed(CONTEXT, chance))).open(
            sealed, RECORD
        )
    for _case in range(200):
        yield lambda: RecordCipher(ContentKey.generate(), CONTEXT).open(sealed, RECORD)


def grant_attempts(chance: random.Random) -> Iterator[Callable[[], object]]:
    circle, key = PrivateKey.generate(), ContentKey.generate()
    public = circle.public_bytes()
    place = GrantPlace(
        CONTEXT.instance, CONTEXT.bundle, key.key_id, "state/AF01", 1, key_hash(public)
    )
    sealed = seal_grant(key, public, place)
    assert open_grant(sealed, circle, place).raw == key.raw
    for _case in range(400):
        yield lambda: open_grant(changed_bytes(sealed, chance), circle, place)
    for _case in range(300):
        yield lambda: open_grant(sealed, circle, GrantPlace(*changed(place, chance)))
    for _case in range(100):
        yield lambda: open_grant(sealed, PrivateKey.generate(), place)


def file_attempts(chance: random.Random) -> Iterator[Callable[[], object]]:
    key = ContentKey.generate()
    content = chance.randbytes(3 * 65536 + 1)
    header, chunks = seal_file(key, CONTEXT, content)
    assert open_file(key, CONTEXT, header, chunks) == content
    for _case in range(100):
        place = chance.randrange(len(chunks))
        broken = [*chunks]
        broken[place] = changed_bytes(chunks[place], chance)
        yield lambda broken=broken: open_file(key, CONTEXT, header, broken)
    for _case in range(100):
        yield lambda: open_file(key, CONTEXT, changed_bytes(header, chance), chunks)
    for cut in range(len(chunks)):
        yield lambda cut=cut: open_file(key, CONTEXT, header, chunks[:cut])
    yield lambda: open_file(key, CONTEXT, header, [chunks[1], chunks[0], *chunks[2:]])
    yield lambda: open_file(key, CONTEXT, header, [*chunks, chunks[-1]])
    for _case in range(94):
        other = BundleContext(*changed(CONTEXT, chance))
        yield lambda other=other: open_file(key, other, header, chunks)


def blob_attempts(chance: random.Random) -> Iterator[Callable[[], object]]:
    root = RootKeys({1: bytes(range(32))}, instance=CONTEXT.instance)
    keys = create_keys(new_id(), Anchor(bytes(32), 1, bytes(32)))
    cheapest = Profile(memory_kib=8, passes=1, lanes=1)
    blob = seal_member(OpenedMember(keys, make_blob_key("a password", cheapest)), root)
    person = keys.person_id
    assert open_blob(blob, "a password", person_id=person, root=root).keys.to_bytes() == (
        keys.to_bytes()
    )
    for _case in range(300):
        yield lambda: open_blob(
            changed_bytes(blob, chance), "a password", person_id=person, root=root
        )
    for _case in range(50):
        yield lambda: open_blob(blob, "a password", person_id=new_id(), root=root)
    for case in range(50):
        yield lambda case=case: open_blob(blob, f"guess {case}", person_id=person, root=root)


def wrap_attempts(chance: random.Random) -> Iterator[Callable[[], object]]:
    root = RootKeys({1: bytes(range(32)), 2: bytes(range(1, 33))}, instance=CONTEXT.instance)
    place = ("people", new_id(), "email")
    table, row, kind = place
    wrapped = root.wrap(CONTENT, table=table, row=row, kind=kind)
    assert root.unwrap(wrapped, table=table, row=row, kind=kind) == CONTENT
    for _case in range(200):
        yield lambda: root.unwrap(changed_bytes(wrapped, chance), table=table, row=row, kind=kind)
    for _case in range(100):
        yield lambda: unwrap_elsewhere(root, wrapped, changed(place, chance))


def unwrap_elsewhere(root: RootKeys, wrapped: bytes, place: list[str | int | bytes]) -> bytes:
    table, row, kind = (str(field) for field in place)
    return root.unwrap(wrapped, table=table, row=row, kind=kind)


def test_five_thousand_changes_are_all_refused() -> None:
    chance = random.Random(SEED)
    sources = (record_attempts, grant_attempts, file_attempts, blob_attempts, wrap_attempts)
    tried, accepted = 0, []
    for source in sources:
        for attempt in source(chance):
            tried += 1
            if not is_refused(attempt):
                accepted.append((source.__name__, tried))

    assert tried == 5000
    assert accepted == []
