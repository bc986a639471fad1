"""Work on what strangers send, kept apart from the service."""
