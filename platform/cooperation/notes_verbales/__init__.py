"""Notes verbales: compose, number, approve, send or hand over, acknowledge; code letters.

Actors: an officer prepares the notes of an edition, a head (another person) approves them with a
fresh second factor, either records delivery and acknowledgement; a head prints code letters; a
State's person reads her own State's note. States of one note: prepared, approved, then sent, or to
be delivered, or failed, then delivered, acknowledged (design: product, reliability 1.5). One
reference for one dispatch, the same on all copies.

Decided: notes are kept as the bytes that were approved, because a hash that was approved must name
what was sent even after the templates change (30 kB each); the annex is a file of its own, made
once, because setting it behind each note costs 125 times 130 ms and 60 MB. Where a note stands is
derived from facts (approved, mail, days recorded), never stored.
"""
