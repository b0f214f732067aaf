"""The commands that ask an index: search, similar, suggest. Their flags are made by `request`."""
