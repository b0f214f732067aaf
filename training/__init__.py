"""The recipe of the built-in encoder. Start at `training.export_base`; nothing in the product imports this."""
