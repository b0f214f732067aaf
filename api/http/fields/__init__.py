"""What travels: the fields of requests and the shapes of answers. Start at `search` and `answers`."""
