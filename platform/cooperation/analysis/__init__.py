"""The Court's desk and everybody's figures: counts, shares, medians by regional group.

Purpose: say how many States answered what, over the answers that the reader may open. Actors:
every reader; the Court counts `restricted` and `court` answers too and sees both bases. Source:
design/product.md (Who may read what, Rules of an answer: consent, small numbers),
design/interface.md 7.

Decided: nothing counted is stored, each page opens and counts anew, because a stored total is an
answer in the clear; but the one table over Court-only answers that two Court readers release, with
its small cells hidden: it is stored sealed, as what is published is. Decided: the base of a share
is the States that answered the question; no answer, not asked, and "not known" (an option like any
other) stay apart from it. Decided: a State that does not consent is counted for the Court alone,
and there, like "not by region", in the overall row only, because the stricter wish holds the weaker
one. Decided: the response rate counts every reply, because consent speaks of answers and a State
that replied cannot be shown as one that did not.
"""
