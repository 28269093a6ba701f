"""People, tokens, signins: mutable and erasable, outside the log."""
