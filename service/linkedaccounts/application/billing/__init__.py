"""Charges what quotes say, cycle by cycle, and shows it: the ledger's use cases and the ports that they need."""
