"""The commands that ask an index: search, show, similar, suggest. Their flags are made by `request`."""
