"""The command `linked-accounts`: a module for each sub-command, and what they show."""
