"""Colour mixtures against SciPy's densities, and their hard cases."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from personalize.imaging.mixture import (
    NOISE,
    choose_codebook,
    fit_mixture,
    monomials,
    nearest_codewords,
)


def fit(colours, weights=None, *, components, iterations=5):
    weights = np.ones(len(colours)) if weights is None else weights
    return fit_mixture(monomials(colours), weights, components=components, iterations=iterations)


def test_one_component_is_the_gaussian_of_the_weighted_moments():
    generator = np.random.default_rng(0)
    colours = generator.integers(0, 256, (200, 3), dtype=np.uint8)
    weights = generator.random(200)
    scaled = colours / 255 - 0.5
    covariance = np.cov(scaled.T, aweights=weights, ddof=0) + NOISE * np.eye(3)
    gaussian = multivariate_normal(np.average(scaled, axis=0, weights=weights), covariance)
    density = fit(colours, weights, components=1).log_density(monomials(colours))
    np.testing.assert_allclose(density, gaussian.logpdf(scaled), atol=1e-3)


def test_two_crowds_of_colours_get_a_component_each():
    generator = np.random.default_rng(1)
    dark = generator.normal(40, 5, (300, 3))
    light = generator.normal(200, 5, (100, 3))
    colours = np.vstack([dark, light]).round().astype(np.uint8)
    mixture = fit(colours, components=2)
    dark_density, light_density, between = mixture.log_density(
        monomials(np.array([[40, 40, 40], [200, 200, 200], [120, 120, 120]], np.uint8))
    )
    assert dark_density - light_density == pytest.approx(np.log(3), abs=0.25)
    assert between < light_density - 50


def test_colours_all_the_same_make_one_finite_component():
    colours = np.full((50, 3), 77, np.uint8)
    mixture = fit(colours, components=5)
    assert mixture.coefficients.shape == (10, 1)
    assert np.isfinite(mixture.log_density(monomials(colours))).all()


def test_a_single_pixel_is_enough():
    colours = np.array([[10, 20, 30]], np.uint8)
    assert np.isfinite(fit(colours, components=3).log_density(monomials(colours))).all()


def test_the_same_colours_give_the_same_mixture():
    colours = np.random.default_rng(2).integers(0, 256, (500, 3), dtype=np.uint8)
    first, second = (fit(colours, components=4).coefficients for _ in range(2))
    assert np.array_equal(first, second)


def test_pixels_without_weight_teach_nothing():
    colours = np.vstack([np.full((20, 3), 30), np.full((20, 3), 220)]).astype(np.uint8)
    weights = np.repeat([1.0, 0.0], 20)
    dark, light = fit(colours, weights, components=2).log_density(monomials(colours[[0, -1]]))
    assert dark > light + 1000


def test_words_are_the_colours_that_there_are_most_of():
    crowd = np.repeat(np.array([[0, 0, 0], [10, 0, 0], [0, 10, 0]], np.float32), 100, axis=0)
    words = choose_codebook(crowd, 8, samples=150)
    assert words.dtype == np.float32
    np.testing.assert_allclose(sorted(words.tolist()), [[0, 0, 0], [0, 10, 0], [10, 0, 0]])


def test_the_nearest_word_is_found():
    random = np.random.default_rng(0)
    colours, words = random.normal(0, 50, (500, 3)), random.normal(0, 50, (9, 3))
    distance = ((colours[:, None] - words) ** 2).sum(axis=2)
    nearest = nearest_codewords(np.float32(colours), np.float32(words))
    assert np.array_equal(nearest, distance.argmin(axis=1))
