"""Circles: who holds which key, in tables; the directory, bundles and grants (design: vault.md).

The ciphers are the vault's. This slice asks no permission: the slices above ask the guard, and the
wall here is that a person without a grant cannot open, and a key without a signed statement is not
sealed to.
"""
