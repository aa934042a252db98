"""`linked-accounts events`: what others are told of what happened."""
