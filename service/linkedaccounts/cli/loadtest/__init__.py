"""The commands below `linked-accounts loadtest`."""
