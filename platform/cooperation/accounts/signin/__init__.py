"""The door: passphrase, passkey or code, sessions, fresh sign-in, limits, the account's history."""
