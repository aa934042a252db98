"""The one composition root: each module puts together the use cases of one part, and `service` all that serves."""
