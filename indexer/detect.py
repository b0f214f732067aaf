"""The language of a paragraph that does not come with one (see docs/decisions/0003-language-detector.md)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

UNDETERMINED = "und"
"""BCP 47's tag for a text whose language cannot be told."""

SURE = 0.7
"""From this probability on, 99 of 100 sentences were told rightly; a paragraph may then differ from its article."""

LIKELY = 0.3
"""Below this probability, every second sentence was told wrongly: better no answer."""

_MOST_CHARACTERS = 1000


def detect_paragraphs(texts: Sequence[str]) -> list[str]:
    """The language of each paragraph of one article. A paragraph that cannot be told surely takes the article's."""
    article, probability = detect(" ".join(text[:_MOST_CHARACTERS] for text in texts)[: 10 * _MOST_CHARACTERS])
    if probability < LIKELY:
        article = UNDETERMINED
    return [_own(text, article) for text in texts]


def detect(text: str) -> tuple[str, float]:
    """The likeliest of 113 languages, as a BCP 47 tag, and its probability."""
    language, probability = _identifier().classify(text)
    return str(language), float(probability)


def _own(text: str, article: str) -> str:
    language, probability = detect(text[:_MOST_CHARACTERS])
    return language if probability >= SURE else article


@cache
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    # Two letters leave out what no reader declares (Arabic and Chinese dialects, pidgins); Bosnian would only take
    # paragraphs from Croatian and Serbian, of which it can hardly be told apart.
    identifier.set_languages([label for label in identifier.labels if len(label) == 2 and label != "bs"])
    return identifier
