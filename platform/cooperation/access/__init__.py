"""Who may do what: roles, permissions, the one page of policy, the guard (design: product)."""
