"""The built-in index, a folder, the side that reads: files, generations, stores. Start at `snapshot`."""
