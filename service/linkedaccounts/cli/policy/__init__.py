"""`linked-accounts policy …`: a policy editor's workbench, one sub-command a file."""
