"""Published answers: proposed, published, released, narrowed, read, exported.

Purpose: bring approved answers before the States Parties, and let the State take them back.
Actors: an officer proposes, a head who is another person publishes; focal point or signatory
releases and narrows; all readers read. States of a proposal: open, published, void. Source:
design/product.md (Who may read what, Rules of an answer), design/vault.md (publish, narrow,
read), design/reliability.md 1.5, 3.

Decided: a proposal is a list of (State, question, submission, commitment) bound by one hash; what
the head saw and what she publishes is compared by that hash, and each item is judged again before
it is sealed. Decided: an answer narrowed after publication leaves a row without content, because
readers are told that and when; one narrowed before leaves none, because they never knew of it.
Decided: records that say "no answer" or "not asked" go out with their State's approved answers,
so that readers can tell them apart.
"""
