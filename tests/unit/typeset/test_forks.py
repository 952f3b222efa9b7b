"""Typst's threads do not survive a fork: nobody may wait for them for ever."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
SCRIPT = """
import os, sys
from cooperation.typeset import compiler
compiler._first_process()
if os.fork() == 0:
    try:
        compiler.compile_pdf("note", {})
    except compiler.TypesetBeforeForkError:
        os._exit(7)
    os._exit(0)
sys.exit(os.waitstatus_to_exitcode(os.wait()[1]))
"""


def test_a_process_forked_after_the_first_document_is_told_so_at_once():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env={"PYTHONPATH": "platform", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        timeout=30,
        check=False,
    )

    assert done.returncode == 7, done.stderr.decode()[-500:]
