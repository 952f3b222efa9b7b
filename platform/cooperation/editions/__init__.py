"""The year's edition and its questionnaire.

Purpose: say which questions are asked of which States in a year, and when. Actors: a Secretariat
officer prepares, the head opens and closes. States: prepared, open, closed. Source: the design's
glossary and rules of an answer, the draft of the questionnaire, reliability 1.5 (two persons).

Decided: the questionnaire is stored with the edition when it opens, because a later file of the
same version must not change what was asked; the participants are frozen with it. Values that cannot
be read (a number that is no number) are refused in drafts too, since keeping them would need a
second kind of answer; missing required answers are allowed in drafts and listed as gaps.
"""
