"""The names of the routes. The command line reads them before it loads the routes."""

from bayes_l2 import validation

ROUTES = ("penalised", "map", "exact", "mcmc")
SECOND_NAMES = {"ridge": "penalised"}


def route_name(text: object, argument: str) -> str:
    """Return the name of a route, which may be given by its second name."""
    if not isinstance(text, str):
        return validation.one_of(text, ROUTES, argument)
    return validation.one_of(SECOND_NAMES.get(text, text), ROUTES, argument)
