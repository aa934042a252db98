"""The time machine: a market lives through months in minutes, by the service's use cases, and is checked every day."""
