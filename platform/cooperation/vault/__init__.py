"""Keys and ciphers of the vault, pure: bytes in, bytes out (design: vault.md).

The tables are in the slice `circles`. No other slice imports `cryptography` or `argon2`.
"""
