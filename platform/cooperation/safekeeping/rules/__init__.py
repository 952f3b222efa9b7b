"""What a backup says of itself, and what the tail of the log says happened after it; pure."""
