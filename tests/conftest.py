"""What every test is run under."""

from __future__ import annotations

from hypothesis import settings

# The same examples in every run, and no deadline: a test may not fail because a machine was slow.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")
