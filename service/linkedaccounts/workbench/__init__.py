"""A policy editor's workbench: what is done with directories of rules before, beside and after they serve.

Every module is a function of policies, files and facts given to it: no clock, no settings, no gRPC; the commands in
``cli.policy`` and the endpoints bring those.
"""
