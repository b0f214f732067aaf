"""What stands before every route: keys, limits, headers, validators, bounds on connections. Start at `access`."""
