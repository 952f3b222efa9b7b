"""The secured platform on cooperation of the Assembly of States Parties to the Rome Statute."""
