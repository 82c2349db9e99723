"""Takes four costs out of Rasa's turn; what it decides, accepts and raises stays the same.

They are: comparing a conversation with every rule, a new connection for each action, a new JSON schema validator for
each result of an action (two thirds of the time of a call), and planning the same graph anew for each message.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence
from functools import lru_cache, wraps
from graphlib import TopologicalSorter
from typing import Any

KEEP_ALIVE_SECONDS = 3.0
"""Shorter than the five seconds after which the action server closes a connection nobody uses."""

State = Mapping[str, Mapping[str, Any]]
Place = tuple[Any, Any]


def hasten() -> None:
    """Do all of it. Call before Rasa loads a model."""
    look_rules_up()
    keep_connections_to_actions()
    check_action_results_with_one_validator()
    plan_graphs_once()


def look_rules_up() -> None:
    """Let `RulePolicy._get_possible_keys` compare only the rules that end with the action and intent of the moment."""
    from rasa.core.policies.rule_policy import RulePolicy

    compare = RulePolicy._get_possible_keys

    @wraps(compare)
    def look_up(self: Any, lookup: dict[str, str], states: Sequence[State]) -> set[str]:
        if not states:
            return set(compare(self, lookup, states))
        shelves = self.__dict__.setdefault("_motcua_shelves", {})
        if id(lookup) not in shelves:
            shelves[id(lookup)] = _shelved(self, lookup)
        near = ChainMap(*_near(shelves[id(lookup)], *place_of(states[-1])))
        return set(compare(self, dict(near), states))

    RulePolicy._get_possible_keys = look_up


def _shelved(policy: Any, lookup: dict[str, str]) -> dict[Place, dict[str, str]]:
    shelves: dict[Place, dict[str, str]] = {}
    for key, value in lookup.items():
        shelves.setdefault(place_of(policy._rule_key_to_state(key)[-1]), {})[key] = value
    return shelves


def _near(shelves: dict[Place, dict[str, str]], action: Any, intent: Any) -> list[dict[str, str]]:
    """Where the rules for a place stand. At the start of a conversation Rasa does not look at the intent."""
    if action is None:
        return [rules for (rule_action, _), rules in shelves.items() if rule_action is None]
    return [shelves[place] for place in {(a, i) for a in (action, None) for i in (intent, None)} if place in shelves]


def place_of(state: State) -> Place:
    """(name of the previous action, intent) of a state; None for what it leaves open."""
    return state.get("prev_action", {}).get("action_name") or None, state.get("user", {}).get("intent") or None


class _KeptOpen:
    """A session that stays open at the end of its ``async with``."""

    def __init__(self, session: Any) -> None:
        self._session = session

    async def __aenter__(self) -> Any:
        return self._session

    async def __aexit__(self, *_error: object) -> None:
        return None


def keep_connections_to_actions() -> None:
    """Let `EndpointConfig.session` give the same session again, in one event loop."""
    import asyncio

    from rasa.utils.endpoints import EndpointConfig

    create = EndpointConfig.session

    @wraps(create)
    def session(self: Any) -> Any:
        loop = asyncio.get_running_loop()
        kept = self.__dict__.get("_motcua_session")
        if kept is None or kept.closed or kept._loop is not loop:
            kept = create(self)
            kept._connector._keepalive_timeout = KEEP_ALIVE_SECONDS
            self._motcua_session = kept
        return _KeptOpen(kept)

    EndpointConfig.session = session


def check_action_results_with_one_validator() -> None:
    """Replace `RemoteAction._validate_action_result`; what it accepts, returns and raises stays the same."""
    from jsonschema.exceptions import best_match
    from jsonschema.validators import validator_for
    from rasa.core.actions.action import RemoteAction

    @lru_cache(maxsize=1)
    def validator() -> Any:
        schema = RemoteAction.action_response_format_spec()
        kind = validator_for(schema)
        kind.check_schema(schema)
        return kind(schema)

    def validate(_action: RemoteAction, result: dict[str, Any]) -> bool:
        error = best_match(validator().iter_errors(result))
        if error is not None:
            raise error
        return True

    RemoteAction._validate_action_result = validate


def plan_graphs_once() -> None:
    """Let `DaskGraphRunner.run` call the nodes one after the other in an order found once for the same targets."""
    from rasa.engine.exceptions import GraphRunError
    from rasa.engine.runner.dask import DaskGraphRunner

    def run(self: Any, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        given = dict(inputs or {})
        wanted = tuple(targets or self._graph_schema.target_names)
        plans = self.__dict__.setdefault("_motcua_plans", {})
        if wanted not in plans:
            plans[wanted] = _plan(self._graph_schema.minimal_graph_schema(list(wanted)))
        for value in given.values():
            if isinstance(value, str) and value in dict(plans[wanted]):
                raise GraphRunError(f"the input {value!r} is also the name of a node")
        known: dict[str, tuple[str, Any]] = {name: (name, value) for name, value in given.items()}
        try:
            for name, needs in plans[wanted]:
                known[name] = self._instantiated_nodes[name](*(known.get(need, need) for need in needs))
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return dict(known[name] for name in wanted)

    DaskGraphRunner.run = run


def _plan(schema: Any) -> list[tuple[str, tuple[str, ...]]]:
    """The nodes of a graph, each after those it needs, with what it needs."""
    needs = {name: tuple(node.needs.values()) for name, node in schema.nodes.items()}
    return [(name, needs[name]) for name in TopologicalSorter(needs).static_order() if name in needs]
