"""Articles and paragraphs in SQLite, the side that reads: the source of truth. Start at `store`."""
