"""Published answers as readers see them: one by one, compared, exported, proved, verified."""
