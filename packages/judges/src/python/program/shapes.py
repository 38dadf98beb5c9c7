"""Compares answers with what the typed models of the official SDKs declare."""

import inspect
import typing


def unknown_fields(raw, known, path):
    """Fields that came over the wire and that the model dropped, because it does not know them."""
    if isinstance(raw, dict) and isinstance(known, dict):
        for name, value in raw.items():
            if name in known:
                yield from unknown_fields(value, known[name], f"{path}.{name}")
            elif value is not None:
                yield f"{path}.{name} is unknown to the SDK"
    elif isinstance(raw, list) and isinstance(known, list):
        for value, other in zip(raw, known):
            yield from unknown_fields(value, other, f"{path}[]")


def wrong_types(value, hint, path):
    """Values of another type than the model's annotations say."""
    if value is None:
        return
    origin = typing.get_origin(hint)
    if origin is list:
        if not isinstance(value, list):
            yield f"{path} is no list"
            return
        (item,) = typing.get_args(hint)
        for element in value:
            yield from wrong_types(element, item, f"{path}[]")
    elif origin is dict:
        for element in value.values():
            yield from wrong_types(element, typing.get_args(hint)[1], f"{path}{{}}")
    elif hint in (str, int, bool, float):
        # In Python a bool is an int as well.
        right = type(value) in ((int, float) if hint is float else (hint,))
        if not right:
            yield f"{path} is {type(value).__name__}, the SDK expects {hint.__name__}"
    elif hasattr(value, "from_map"):
        yield from faults_of_model(value, path)


def faults_of_model(model, path):
    init = type(model).__init__
    scope = inspect.getmodule(type(model)).__dict__
    for name, hint in typing.get_type_hints(init, scope).items():
        yield from wrong_types(getattr(model, name, None), hint, f"{path}.{name}")


def shape_faults(raw, body, path):
    """All differences between a raw answer and the model that the SDK made of it."""
    if isinstance(body, list):
        for value, model in zip(raw, body):
            yield from shape_faults(value, model, f"{path}[]")
        return
    yield from unknown_fields(raw, body.to_map(), path)
    yield from faults_of_model(body, path)
