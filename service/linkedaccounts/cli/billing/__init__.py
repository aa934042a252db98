"""`linked-accounts billing`: charge who is due, and look at what was charged."""
