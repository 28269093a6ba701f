"""What can be asked: the plan now and then, what changed between, histories, obligations, readiness."""
