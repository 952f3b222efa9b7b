"""Shared ground that knows no slice: clock, database, errors, ids, settings, texts."""
