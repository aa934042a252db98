"""The report of a load test as a page."""
