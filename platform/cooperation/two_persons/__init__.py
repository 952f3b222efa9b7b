"""Acts of two persons: one proposes, another sees exactly that and approves or refuses it.

Purpose: nobody alone grants a role, opens an edition, publishes, takes back or acts on the root
key. Actors: whom the declaration of an act names as its first and its second. Source:
design/reliability.md 1.5.

Decided: one mechanism for all of them. A slice declares its act (`service.TwoPersonAct`): what is
hashed, who proposes, who decides, what the page shows, what happens then; the shell lists the
declarations (`web/slices.py`). Table, status, expiry, refusal with a reason, withdrawal, the list
and the page are here. Decided: what a person signs with her key (a granted role, the end of a
circle) stays a statement of the directory beneath, which refuses by itself what one person did
alone. Decided: what nobody decides on ends by itself after seven days, so that nothing is approved
that everybody has forgotten; only a batch has no end, which any change of an answer voids.
"""
