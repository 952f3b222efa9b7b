"""Acts on the server's keys: an administrator proposes, a head approves, the command uses it once.

act_id = propose_key_act(ctx, kind=..., subject_hash=..., note="...")
two_persons.approve(ctx, acts, act_id, shown_hash=...)       a head
found = two_persons.find_approval(session, kind, subject_hash, now=...)
two_persons.use(session, found.id, now=...)                  in the transaction that begins it
"""

from hashlib import sha256

from cooperation.access.context import RequestContext
from cooperation.access.guard import require_step_up
from cooperation.access.policy import Permission
from cooperation.access.rules import Role
from cooperation.accounts.people.service.notices import tell_key_act_approved
from cooperation.accounts.rules import (
    KEY_ACT_EFFECTS,
    KEY_ACT_LIFE,
    PROPOSABLE_KEY_ACTS,
    KeyAct,
)
from cooperation.audit import service as audit
from cooperation.core.errors import Invalid
from cooperation.core.text import _
from cooperation.two_persons import service as two_persons
from cooperation.two_persons.rules import TEXT_CHARACTERS, Act
from cooperation.two_persons.service import ActPage, TwoPersonAct
from cooperation.vault.encoding import length_prefixed
from cooperation.vault.root import RootKeys

_SUBJECT_CHARACTERS = 36


def key_act_hash(
    root: RootKeys, kind: KeyAct, detail: str = "", *, version: int | None = None
) -> bytes:
    """Return what binds an act on keys: which instance, from which root version, on what.

    `detail` is empty for a rotation, else what the act is about: a backup's fingerprint, the
    version of the key to be destroyed. Both halves and the command compute it anew; `version` is
    given where the keyring is a step ahead of the instance.
    """
    since = root.current if version is None else version
    what = "" if kind is KeyAct.ROOT_ROTATION else detail.strip()
    fields = ("cp/key-act/1", kind.value, root.instance, since, what)
    return sha256(length_prefixed(*fields)).digest()


def propose_key_act(ctx: RequestContext, *, kind: KeyAct, subject_hash: bytes, note: str) -> str:
    """Propose an act on keys to the heads; return its id.

    Raises `Invalid` (fields "kind", "note"), `ProposedAlreadyError` where the same act waits.
    """
    require_step_up(ctx.actor, Permission.PROPOSE_KEY_ACT, ctx.now)
    if kind not in PROPOSABLE_KEY_ACTS:
        raise Invalid(errors=(("kind", _("Choose one of the acts.")),))
    text = note.strip()
    if not text or len(text) > TEXT_CHARACTERS:
        raise Invalid(errors=(("note", _("Say why, in at most 400 characters.")),))
    subject = subject_hash.hex()[:_SUBJECT_CHARACTERS]
    declared = KEY_ACTS[kind]
    return two_persons.propose(ctx, declared, subject=subject, shown_hash=subject_hash, note=text)


def _command_of(root: RootKeys, act: Act) -> str | None:
    """Return the command that carries out an approved act on keys; None where there is no one."""
    if act.kind == KeyAct.ROOT_ROTATION:
        return "flask --app app rotate-root"
    if act.kind == KeyAct.KEY_DESTRUCTION:
        for version in range(1, root.current + 1):
            if key_act_hash(root, KeyAct.KEY_DESTRUCTION, str(version)) == act.shown_hash:
                return f"flask --app app retire-root {version}"
    return None


def _page(ctx: RequestContext, act: Act) -> ActPage:
    kind = KeyAct(act.kind)
    command = _command_of(ctx.root, act)
    return ActPage(kind.label, effects=KEY_ACT_EFFECTS[kind], command=command)


def _heads(ctx: RequestContext, act: Act) -> frozenset[Role]:
    del ctx, act
    return frozenset({Role.HEAD})


def _approved(ctx: RequestContext, act: Act) -> None:
    audit.record(
        ctx.session,
        actor=ctx.actor,
        action="act.approved",
        at=ctx.now,
        commitment=act.shown_hash,
        subject=act.id,
    )
    tell_key_act_approved(
        ctx.session, ctx.root, ctx.settings, person_id=act.proposed_by, now=ctx.now
    )


KEY_ACTS = {
    kind: TwoPersonAct(
        kind=kind,
        label=kind.label,
        proposes=Permission.PROPOSE_KEY_ACT,
        decides=Permission.DECIDE_WAITING,
        seconds=_heads,
        proposed="act.proposed",
        ended=("act.refused", "act.withdrawn"),
        done=_("Approved. The administrator can carry it out once, within 24 hours."),
        page=_page,
        do=_approved,
        approval_life=KEY_ACT_LIFE,
    )
    for kind in KeyAct
}
