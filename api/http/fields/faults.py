"""Errors as RFC 9457 describes them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field


class FaultModel(BaseModel):
    """One field that is wrong: a JSON pointer to it, and what is wrong with it."""

    pointer: Annotated[str, Field(examples=["/limit"])]
    detail: str


class ProblemModel(BaseModel):
    """An error as RFC 9457 describes it; ``code`` is stable."""

    type: Annotated[
        str,
        Field(
            description="The address of a page that says what the code means and what to do, relative to the service.",
            examples=["/problems/invalid_request"],
        ),
    ]
    title: str
    status: int
    detail: str
    code: Annotated[str, Field(examples=["invalid_request"])]
    errors: list[FaultModel] = []


class ParagraphChangedModel(ProblemModel):
    """A paragraph that its article had once; ``successor`` is the id of the one in its place (null: none)."""

    successor: str | None
