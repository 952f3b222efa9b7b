"""From ready to submitted: the plan that is signed, approval, sealing, narrowing, withholding."""
