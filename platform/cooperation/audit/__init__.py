"""The log: every act, and every reading of another institution's answers, once and for ever.

Actors: all write through their acts; auditor and head read all, a State's people their State's,
others their own acts. The log is an append-only Merkle tree (RFC 6962 hashing) kept in the same
transaction as the act itself. Source: design/reliability.md section 2, design/product.md.

Decided: the leaf hashes stand in `log_nodes` and not beside the entry, because a row that was
moved or renumbered must not take its proof along.
"""
