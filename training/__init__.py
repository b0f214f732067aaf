"""The recipe of the built-in encoder. Start at `training.make`; nothing in the product imports this."""
