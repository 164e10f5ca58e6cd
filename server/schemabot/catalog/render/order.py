"""An order in which objects can be made: what others need comes first, else the order of their creation."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from typing import TypeAlias

Node: TypeAlias = tuple[int, int]
"""(oid, what of it): 0 the object, -1 its keys, -2 its checks and defaults that may come later."""


def in_order(
    needs: Mapping[Node, frozenset[Node]], wishes: Mapping[Node, frozenset[Node]]
) -> tuple[list[Node], frozenset[Node]]:
    """The nodes in order, and those in circles of needs, which have no right place.

    `needs` must come first; `wishes` come first unless that makes a circle.
    """
    waiting = {node: {n for n in needs[node] if n in needs and n != node} for node in needs}
    wished = {node: {n for n in wishes.get(node, ()) if n in needs and n != node} for node in needs}
    followers: dict[Node, list[Node]] = {}
    for node in needs:
        for other in waiting[node] | wished[node]:
            followers.setdefault(other, []).append(node)
    ready = [node for node in needs if not waiting[node] and not wished[node]]
    heapq.heapify(ready)
    done: dict[Node, bool] = {}
    stuck: set[Node] = set()
    while len(done) < len(needs):
        if not ready:
            left = [node for node in needs if node not in done]
            free = [node for node in left if not waiting[node]]
            if free:
                ready.append(min(free))  # a circle of wishes: this one goes without
            else:
                node = min(left)
                stuck.add(node)
                ready.append(node)
        node = heapq.heappop(ready)
        if node in done:
            continue
        done[node] = True
        for follower in followers.get(node, ()):
            waiting[follower].discard(node)
            wished[follower].discard(node)
            if not waiting[follower] and not wished[follower] and follower not in done:
                heapq.heappush(ready, follower)
    return list(done), frozenset(stuck)
