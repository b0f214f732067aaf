"""From candidates to one order: both legs' scores, fusion, soft match, relevance, shape. Start at `pipeline`."""
