"""The business, pure: money, rates, billing cycles, the catalogue, and what a store is charged.

Standard library only. Nothing here reads a clock, a file or a network: time and rates come in as arguments.
"""
