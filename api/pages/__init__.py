"""The search page: its texts, what its address asks for, and how an answer is shown. Start reading at `show`."""
