"""The errors as their module tells of them."""

from __future__ import annotations

import inspect
import re

from shared.kernel import errors


def test_the_tree_at_the_top_lists_every_class_in_its_order() -> None:
    listed = re.findall(r"── (\w+)  ", errors.__doc__ or "")
    defined = [name for name, found in inspect.getmembers(errors, inspect.isclass) if issubclass(found, Exception)]
    assert sorted(["AugmentError", *listed]) == defined
