"""Who must hear what: letters, the outbox they wait in, and their delivery."""
