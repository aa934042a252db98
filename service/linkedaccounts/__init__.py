"""Linked accounts: a rules-engine service over gRPC."""
