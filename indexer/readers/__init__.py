"""The readers, a family: each takes an `Input` and yields what it finds as it streams by. Start at `formats`."""
