"""Checkpoints of the log, as the shell issues, serves and shows them (design: reliability 2).

`issuing`: after the commit of evidence, hourly, at the start. `endpoints`: what witnesses fetch and
send, without an account. `views`: the page for people.
"""
