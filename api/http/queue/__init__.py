"""Writes that were acknowledged and wait: the queue, its one writer, bodies on their way in. Start at `tasks`."""
