"""An activation between its two pages: new keys that nothing is stored of yet (vault.md, Invitations).

The newcomer has given both halves and a password, and must still show that her authenticator works.
Her keys wait in a row that opens with her cookie and the boot key only (`SessionKeys`).
"""

from dataclasses import dataclass
from typing import NoReturn

from cooperation.vault.encoding import length_prefixed, split_fields
from cooperation.vault.invitation import InvitationKeys
from cooperation.vault.member import BlobKey, MemberKeys, OpenedMember


@dataclass(frozen=True, repr=False)
class Enrolment:
    """A newcomer's keys, made, and the invitation's, which will sign for them."""

    opened: OpenedMember
    invitation: InvitationKeys

    @property
    def person_id(self) -> str:
        """The id that the newcomer will have."""
        return self.opened.keys.person_id

    @property
    def totp_seed(self) -> bytes:
        """The seed for her authenticator, 20 bytes."""
        return self.opened.keys.totp_seed

    def to_bytes(self) -> bytes:
        """Return the enrolment in the form that is sealed."""
        return length_prefixed(
            "cp/enrolment/1",
            self.opened.keys.to_bytes(),
            self.opened.blob_key.to_bytes(),
            self.invitation.invitation_id,
            self.invitation.raw,
        )

    @classmethod
    def from_bytes(cls, encoded: bytes) -> "Enrolment":
        """Read what `to_bytes` wrote."""
        _label, keys, blob_key, invitation_id, raw = split_fields(encoded, 5)
        opened = OpenedMember(MemberKeys.from_bytes(keys), BlobKey.from_bytes(blob_key))
        return cls(opened, InvitationKeys(invitation_id.decode(), raw))

    def __reduce__(self) -> NoReturn:
        raise TypeError("an enrolment is not pickled")
