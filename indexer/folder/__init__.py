"""The built-in index, the side that writes: records, parts, the lock and the commit. Start at `commit`."""
