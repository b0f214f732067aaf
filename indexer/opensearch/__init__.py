"""What writes an index on a cluster. Start at `change`."""
