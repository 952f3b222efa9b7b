"""What the Secretariat proposes and publishes, and takes back, by two persons."""
