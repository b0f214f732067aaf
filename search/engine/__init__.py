"""The engine: what answers queries over a live index. Start at `engine`."""
