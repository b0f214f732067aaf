"""What an index that has postings, vectors and texts at hand is made of. Start at `reading`."""
