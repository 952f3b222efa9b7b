"""The draft: its answers and files, kept and merged, marked ready, reopened, undone."""
