"""Finds the message that a topic carries: the declaration names it by its capability and class."""

from importlib import import_module

from pydantic import BaseModel


def contract_of(name: str) -> type[BaseModel]:
    """Returns the class that `ratings.SkillChanged` names in `shared.ratings.messages`.

    Raises ModuleNotFoundError or AttributeError for a name that nobody has defined.
    """
    capability, _, message = name.partition(".")
    found: type[BaseModel] = getattr(import_module(f"shared.{capability}.messages"), message)
    return found
