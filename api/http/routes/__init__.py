"""The endpoints, one file a resource. Start at `search`."""
