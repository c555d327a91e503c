"""Gaussian mixtures of colours: how likely a colour is on the person, and behind it.

The colour model of GrabCut (Rother et al., SIGGRAPH 2004): mixtures with full
covariances, learned by expectation maximisation. Two things differ: every pixel has a
weight, so that doubtful pixels count less; and learning starts from the deterministic
splitting of Orchard and Bouman (1991), so that the same pixels always give the same
mixture.

A log density is quadratic in the colour. With the ten monomials of every colour
computed once, that of all components is a single matrix product.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from personalize.types import Array, Map

PAIRS = np.triu_indices(3)
TWICE = np.where(PAIRS[0] == PAIRS[1], 1.0, 2.0)  # r*g stands for r*g and g*r
NOISE = (3 / 255) ** 2  # least variance: a constant region is not a certainty
TOGETHER = 4096  # colours that are compared with all codewords at a time
EMPTY = 1e-6  # keeps a component without pixels finite


@dataclass(frozen=True, eq=False)
class Mixture:
    """A mixture of K Gaussians over colours.

    Attributes
    ----------
    coefficients : (10, K) float32 array
        Of the log density of every component, its log share included, over `monomials`.
    """

    coefficients: Map

    def log_density(self, terms: Map) -> Map:
        """Log density of N colours.

        Parameters
        ----------
        terms : (N, 10) float32 array
            From `monomials`.

        Returns
        -------
        (N,) float32 array
        """
        each = self.coefficients.T @ terms.T  # (K, N): NumPy is slow along short rows
        peak = each.max(axis=0)
        each -= peak
        density: Map = peak + np.log(np.exp(each, out=each).sum(axis=0))
        return density


def monomials(image: Array) -> Map:
    """The ten products of at most two channels that a log density is made of.

    Parameters
    ----------
    image : (..., 3) uint8 or float array
        Colours, from 0 to 255.

    Returns
    -------
    (N, 10) float32 array
        Six squares and products, three channels (scaled to [-0.5, 0.5]), and 1.
    """
    colours = image.reshape(-1, 3).astype(np.float32) / 255 - np.float32(0.5)
    terms = np.ones((len(colours), 10), np.float32)
    terms[:, :6] = colours[:, PAIRS[0]] * colours[:, PAIRS[1]]
    terms[:, 6:9] = colours
    return terms


def fit_mixture(terms: Map, weights: Array, *, components: int, iterations: int) -> Mixture:
    """Learn a mixture from weighted colours.

    Parameters
    ----------
    terms : (N, 10) float32 array
        From `monomials`; N at least 1.
    weights : (N,) float array
        How much each colour counts; their sum positive.
    components : int
        Most Gaussians there may be; fewer where the colours do not differ.
    iterations : int
        Rounds of expectation maximisation after the first assignment.

    Returns
    -------
    Mixture
    """
    weights = np.asarray(weights, np.float32)
    cluster = split_colours(terms[:, 6:9], weights, components)
    shares = np.zeros((len(terms), cluster.max() + 1), np.float32)
    shares[np.arange(len(terms)), cluster] = weights
    mixture = _maximise(terms, shares)
    for _ in range(iterations):
        mixture = _maximise(terms, _expect(mixture, terms, weights))
    return mixture


def _expect(mixture: Mixture, terms: Map, weights: Array) -> Map:
    """Share of every component in every colour, times the colour's weight: (N, K)."""
    shares = terms @ mixture.coefficients
    shares -= shares.max(axis=1, keepdims=True)
    np.exp(shares, out=shares)
    shares *= (weights / shares.sum(axis=1))[:, None]
    return shares


def _maximise(terms: Map, shares: Map) -> Mixture:
    """The mixture that fits colours shared out among its components."""
    mass = shares.sum(axis=0, dtype=np.float64) + EMPTY
    moments = (shares.T @ terms).astype(np.float64) / mass[:, None]  # (K, 10)
    mean = moments[:, 6:9]
    covariance = np.empty((len(mass), 3, 3))
    covariance[:, PAIRS[0], PAIRS[1]] = covariance[:, PAIRS[1], PAIRS[0]] = moments[:, :6]
    covariance -= mean[:, :, None] * mean[:, None, :]
    covariance += NOISE * np.eye(3)
    return Mixture(_coefficients(np.log(mass / mass.sum()), mean, covariance))


def _coefficients(log_share: Array, mean: Array, covariance: Array) -> Map:
    """Log density of every Gaussian as coefficients over the monomials: (10, K)."""
    precision = np.linalg.inv(covariance)
    linear = np.einsum("kij,kj->ki", precision, mean)
    constant = (
        log_share
        - 0.5 * np.einsum("ki,ki->k", linear, mean)
        - 0.5 * np.linalg.slogdet(covariance)[1]
        - 1.5 * np.log(2 * np.pi)
    )
    quadratic = -0.5 * TWICE * precision[:, PAIRS[0], PAIRS[1]]
    return np.hstack([quadratic, linear, constant[:, None]]).T.astype(np.float32)


def split_colours(colours: Map, weights: Array, components: int) -> NDArray[np.intp]:
    """Assign colours to clusters, halving the widest cluster across its long axis each time.

    Parameters
    ----------
    colours : (N, 3) float32 array
    weights : (N,) float32 array
        How much each colour counts.
    components : int
        Most clusters there may be.

    Returns
    -------
    (N,) int array
        Cluster of every colour, counted from 0 without a gap.
    """
    members = [np.arange(len(colours))]
    widths = [_long_axis(colours, weights)]
    while len(widths) < components:
        widest = max(range(len(widths)), key=lambda k: widths[k][0])
        spread, axis, middle = widths[widest]
        whole = members[widest]
        beyond = colours[whole] @ axis > middle
        if spread <= 0 or not beyond.any() or beyond.all():
            break
        members[widest], far = whole[~beyond], whole[beyond]
        members.append(far)
        widths[widest] = _long_axis(colours[members[widest]], weights[members[widest]])
        widths.append(_long_axis(colours[far], weights[far]))
    cluster = np.empty(len(colours), np.intp)
    for number, those in enumerate(members):
        cluster[those] = number
    return cluster


def choose_codebook(colours: Map, count: int, samples: int) -> Map:
    """Choose the codebook that quantizes the colours of an image or a window.

    Parameters
    ----------
    colours : (N, 3) float32 array
    count : int
        Greatest number of codewords.
    samples : int
        Approximate number of colours that are used, evenly spread.

    Returns
    -------
    (K, 3) float32 array
        Means of clusters; frequent colours have more codewords.
    """
    colours = colours[:: -(-len(colours) // samples)]
    cluster = split_colours(colours, np.ones(len(colours), np.float32), count)
    sums = np.stack([np.bincount(cluster, weights=channel) for channel in colours.T], axis=1)
    return (sums / np.bincount(cluster)[:, None]).astype(np.float32)


def nearest_codewords(colours: Map, words: Map) -> NDArray[np.intp]:
    """Return which of K codewords, (K, 3) float32, is nearest to each of N colours, (N, 3): (N,).

    With a few hundred codewords products of matrices are faster than a search in a tree.
    """
    nearest = np.empty(len(colours), np.intp)
    half = (words**2).sum(axis=1) / 2
    for start in range(0, len(colours), TOGETHER):
        together = slice(start, start + TOGETHER)
        likeness = colours[together] @ words.T
        likeness -= half
        likeness.argmax(axis=1, out=nearest[together])
    return nearest


def _long_axis(colours: Map, weights: Array) -> tuple[float, Array, float]:
    """Weighted scatter along a cluster's longest axis, that axis, and the mean's place on it."""
    total = weights.sum()
    if total <= 0:
        return 0.0, np.zeros(3, np.float32), 0.0
    mean = weights @ colours / total
    offset = colours - mean
    scatter = (offset * weights[:, None]).T @ offset
    _, values, vectors = cv2.eigen(scatter)  # the greatest first; of so small a matrix the fastest
    axis = vectors[0]
    return float(values[0, 0]), axis, float(mean @ axis)
