"""The service: one application, its routes, what guards them, what they keep. Start at `app`."""
