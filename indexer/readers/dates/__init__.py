"""Dates as people, feeds, programs and catalogues write them. Start at `near.date_fields`, then `dates.iso_date`."""
