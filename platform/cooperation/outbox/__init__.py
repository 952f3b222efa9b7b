"""Mail to be sent: queued in the transaction of the act it belongs to, sent after the commit.

Actors: other slices queue, the sender drains; Secretariat and administrators look after what failed
or is uncertain. States of a mail: held, due, sending, sent, failed, uncertain, voided, settled.
Payloads are wrapped by the root key and erased once sent, so no link
stays behind. Source: design/reliability.md 4.2 rule 4 and R7, design/vault.md (Invitations).

Decided: a mail is marked `sending` before it leaves. If the server dies then, it becomes
`uncertain` and waits for a person, because sending it twice is worse than asking.
"""
