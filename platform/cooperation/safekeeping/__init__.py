"""Backups, the journal of the log, restoring into an empty place, and checking one's records.

Design: reliability 4.2 and R9, R13, R16; docs/decisions/0007-restore.md. Nothing here opens
content, but for the page on which a person checks what she can open anyway.
"""
