"""Retrievers for other frameworks, over an open index or a service: LangChain, LlamaIndex."""
