"""A State's own published answers: released, narrowed, and who has read them."""
