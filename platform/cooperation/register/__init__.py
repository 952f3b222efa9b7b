"""The register: States Parties, their regional groups, what happens to a membership, their posts.

Actors: officers and heads read and keep it; every other slice asks it who is a party on a day.
The facts in `data/` (as of 22 November 2026) were drawn from the United Nations Treaty Collection,
chapter XVIII-10, depositary notifications, the Assembly's public pages and the ISO 3166-1 and CLDR
names; formal names follow the United Nations' usage. The number of parties is never written down,
it is counted for a day: entry into force reached, no withdrawal in effect. An announced or notified
withdrawal is a warning on the State's page, not a status.

Decided: at most one post of each kind for a State, because a note goes to one of them and a second
embassy elsewhere would only be a stale one. One post is the address of record.
"""
