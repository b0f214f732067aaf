"""Looking after an index that is there: verify, back up, roll back, rebuild, export, watch. Start at `verify`."""
