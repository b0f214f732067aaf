"""What a query may go on to be, while it is typed. Start at `suggest`."""
