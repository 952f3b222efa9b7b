"""Review of submitted answers by the Secretariat: fit to publish, or refused with a reason.

Purpose: say of each submitted answer whether it may be published. Actors: officers and heads
decide; the State sees decisions and reasons. States of a decision: pending, approved, refused;
final once the answer is published. Source: design/product.md (Rules of an answer: "Approval means
fit to publish"), design/vault.md (clarify), design/reliability.md 1.5 (step-up within thirty
minutes).

Decided: a decision belongs to an answer's commitment, not to a row of a submission, because an
answer that comes again unchanged keeps its salt, its commitment and so its approval. Decided:
records that say "no answer" or "not asked" need no decision of their own, because there is
nothing to read in them. Decided: `court` answers never reach this slice's pages but as a count
and a code.
"""
