"""Tools for assistants, by the Model Context Protocol; extra ``[mcp]``. Start at `tools`."""
