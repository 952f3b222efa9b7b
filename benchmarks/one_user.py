"""One user over HTTP, a connection for each request: what a person waits for, and a bare word."""

from benchmarks.answering import PART, OpenPart, changed, part_address, part_of
from benchmarks.ground import Ground, fresh_key
from benchmarks.limits import COMMIT
from benchmarks.server import Server
from benchmarks.timing import Task
from cooperation.access.rules import Role

REQUEST = "bare Flask request over HTTP"


def tasks(ground: Ground, server: Server, bare: Server) -> list[Task]:
    """Return what is measured of one user: the bare word, a part shown, a part saved."""
    nobody = bare.visitor()
    person = ground.player(Role.CONTRIBUTOR, "WE01")
    visitor = server.visitor()
    visitor.sign_in(vars(person))
    address = part_address(ground, PART)
    part = part_of(ground)
    turns = iter(range(1_000_000))

    def ask(_prepared: object) -> None:
        assert nobody.get("/", follow=False).status == 200

    def show(_prepared: object) -> None:
        assert visitor.get(address, follow=False).status == 200

    def prepare() -> OpenPart:
        page = visitor.get(address)
        return OpenPart(visitor, page, page.form(has="_key", action=address))

    def save(prepared: object) -> None:
        assert isinstance(prepared, OpenPart)
        fields = changed(prepared.form, part, next(turns))
        fields["_key"] = [fresh_key(fields["_key"][0])]
        assert visitor.post(address, fields, follow=False).status == 303

    show_task = Task(f"show part {PART} over HTTP", show, repeats=5, bases=(REQUEST,), at_most=12)
    save_task = Task(f"save part {PART} over HTTP", save, prepare, 2, (REQUEST, COMMIT), at_most=16)
    return [Task(REQUEST, ask, repeats=20), show_task, save_task]
