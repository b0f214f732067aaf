"""What every implementation of a seam must do, on values: for its author to inherit from, whoever that is.

A contract is a class of tests for pytest, which needs nothing but fixtures of the names that it says. `index` has those
of an index, `encoders` those of encoders and rerankers.
"""

from __future__ import annotations

from inspect import signature


def hold(contract: object, **given: object) -> None:
    """Run all tests of a contract on the things that it needs, by their names: where a fixture is no help."""
    for name in dir(contract):
        if name.startswith("test_"):
            test = getattr(contract, name)
            test(**{needed: given[needed] for needed in signature(test).parameters})
