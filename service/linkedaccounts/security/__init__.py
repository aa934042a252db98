"""Who may do what to the service itself: the services that call, and how they prove who they are."""
