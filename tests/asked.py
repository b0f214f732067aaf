"""What the fixture `library` of tests/test_search takes and gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Asked = Callable[..., list[str]]
"""A query, and the languages that are searched, to the ids of what it finds, best first."""

Texts = Sequence[tuple[str, str, str]]
"""Id, language, text of each article."""
