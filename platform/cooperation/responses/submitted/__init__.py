"""What was signed and sent: submissions, their records and files, receipt and print."""
