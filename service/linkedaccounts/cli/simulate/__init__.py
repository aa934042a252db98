"""`linked-accounts simulate`: the time machine, and what it shows."""
