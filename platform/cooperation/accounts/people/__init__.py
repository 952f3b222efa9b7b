"""Who has an account: their names and addresses, their browsers, what they are told."""
