"""People: roles, invitations to persons, activation, sign-in, sessions, attempts, founding.

Actors: everybody with an account, and whoever holds the two halves of an invitation. A person's
name and e-mail are wrapped by the root key; her keys, her password and her seed for codes live in
her member blob (circles); her role is what the verified directory says. Signing in is always
password and second factor. Nobody sets a password for another and there is no reset: whoever loses
password or authenticator is invited anew and the old account is disabled. Source:
design/reliability.md 1, design/vault.md (Invitations, Sign-in and sessions), design/product.md.

Decided here: attempts are counted before the secret is looked at and forgotten when it was right,
so a crash or a failed request can only count too much; hashing runs outside every transaction, so
a busy sign-in hour never holds up a save.
"""
