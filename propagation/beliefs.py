"""Exact beliefs on a forest: one pass to the roots, one back to the leaves.

A layered forest has a parent in layer t + 1 for every node of layer t, so all
messages of a layer are computed together.  A node and its parent carry the
same label with probability 1 - error, and any of the others with error shared
equally; an error of one half (K labels: 1 - 1/K) carries no information, and splits
the tree there.  Roots have no preference of their own.

With two labels everything is one number per node, the log-odds.

Arrays may be of NumPy or of torch, all of one kind.
"""

from collections.abc import Callable

from propagation.arrays import Array, add_at, as_index, namespace


def settle_log_odds(parents: Array, errors: Array, log_odds: Array) -> None:
    """Turn the evidence of every node into its belief, two labels, in place.

    Parameters
    ----------
    parents : (T - 1, N) int array
        Parent, in layer t + 1, of every node of layer t.
    errors : (T - 1, N) or (T - 1, 1) float32 array
        Probability in (0, 0.5] that a node and its parent differ.
    log_odds : (T, N) float32 array
        Of label 1 against label 0.  Before: the evidence at each node alone.
        After: its exact marginal given the evidence everywhere.
    """
    _sum_product(parents, errors, log_odds, _cross_link_binary)


def settle_log_labels(parents: Array, errors: Array, logs: Array) -> None:
    """Turn the evidence of every node into its belief, any number of labels, in place.

    Parameters
    ----------
    parents : (T - 1, N) int array
    errors : (T - 1, N) or (T - 1, 1) float32 array
        Probability in (0, 1 - 1/K] that a node and its parent differ.
    logs : (T, N, K) float32 array
        Before: log-potentials of the labels at each node, up to a constant.
        After: logarithms of the exact marginals, which sum to one.
    """
    _sum_product(parents, errors, logs, _cross_link_labels)
    for layer in logs:
        layer -= _log_sum(layer)


def _sum_product(
    parents: Array, errors: Array, beliefs: Array, cross_link: Callable[[Array, Array], Array]
) -> None:
    upward = namespace(beliefs).empty_like(beliefs[:-1])
    for t in range(len(parents)):
        upward[t] = cross_link(beliefs[t], errors[t])
        add_at(beliefs[t + 1], as_index(parents[t]), upward[t])
    for t in reversed(range(len(parents))):
        # the message of a node to its parent must not come back to it
        others = beliefs[t + 1][as_index(parents[t])]
        others -= upward[t]
        beliefs[t] += cross_link(others, errors[t])


def _cross_link_binary(log_odds: Array, error: Array) -> Array:
    """What log-odds are worth at the other end of a link."""
    # 2 artanh((1 - 2 error) tanh(log_odds / 2)), in the odds themselves
    xp = namespace(log_odds)
    odds = xp.clip(log_odds, -80, 80)  # exp(80) is finite
    xp.exp(odds, out=odds)
    against = odds * error
    against += 1 - error
    odds *= 1 - error
    odds += error
    odds /= against
    return xp.log(odds, out=odds)


def _cross_link_labels(logs: Array, error: Array) -> Array:
    """What (N, K) log-potentials are worth at the other end of a link."""
    xp = namespace(logs)
    labels = logs.shape[1]
    probabilities = xp.exp(logs - _log_sum(logs))
    share = (error / (labels - 1))[:, None]
    return xp.log(share + (1 - share * labels) * probabilities)


def _log_sum(logs: Array) -> Array:
    """Logarithm of the summed exponentials of each row, (N, 1)."""
    xp = namespace(logs)
    peak = xp.amax(logs, axis=1, keepdims=True)
    return peak + xp.log(xp.sum(xp.exp(logs - peak), axis=1, keepdims=True))
