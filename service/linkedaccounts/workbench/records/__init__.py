"""Recorded decisions: read from files of any size, and made again by a policy."""
