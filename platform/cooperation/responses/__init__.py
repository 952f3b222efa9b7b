"""A State's response in an edition: drafting, last year's answers, signing, submissions.

Actors: contributors and focal points write, a focal point marks ready, the signatory signs; others
read what the bundles of a submission open to them. States: not started, drafting, ready, submitted;
after a submission the draft goes on, and the next submission supersedes the last. Source:
design/product.md (Rules of an answer), design/vault.md (The workflow is a sequence of grants),
design/interface.md 5, design/reliability.md 4.2.

Decided: the mark of a draft answer is sealed with it, not kept in a column, because it would tell a
thief what a State thinks of hiding, and because whoever changes a column could widen an audience.
Decided: every version of a draft answer is kept in `draft_answer_versions`; `draft_answers` only
says which version is the present one, so nothing is sealed twice.
Decided: which parts are done is kept in the clear (as codes of parts), because the Secretariat sees
progress and can open no draft.
"""
