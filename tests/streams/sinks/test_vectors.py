"""Vectors compared in memory."""

from __future__ import annotations

import numpy as np

from streams.sinks.vectors import Vectors


def test_nearest_agree_with_sorting_everything() -> None:
    """Among thousands of random vectors, put in by portions, the nearest are those of a full sort."""
    generator = np.random.default_rng(5)
    stored = generator.normal(size=(3000, 16)).astype(np.float32)
    query = generator.normal(size=16).astype(np.float32)
    vectors = Vectors(16)
    for start in range(0, 3000, 700):
        vectors.put((number, number * 10, stored[number]) for number in range(start, min(3000, start + 700)))
    cosines = stored @ query / (np.linalg.norm(stored, axis=1) * np.linalg.norm(query))
    expected = np.argsort(-cosines)
    found = vectors.nearest(query, 25)
    assert [number for number, _ in found] == expected[:25].tolist()
    np.testing.assert_allclose([cosine for _, cosine in found], cosines[expected[:25]], atol=1e-5)
    late = [int(number) for number in expected if number >= 2990]
    assert [number for number, _ in vectors.nearest(query, 25, since_ms=29_900)] == late


def test_vector_without_direction_is_never_found() -> None:
    """A zero vector is near nothing, and nothing is near it."""
    vectors = Vectors(2)
    vectors.put([(1, 0, np.zeros(2, dtype=np.float32)), (2, 0, np.array([0, 5], dtype=np.float32))])
    assert vectors.nearest(np.array([0, 1], dtype=np.float32), 5) == [(2, 1.0)]
    assert vectors.nearest(np.zeros(2, dtype=np.float32), 5) == []
    assert vectors.nearest(np.array([0, 1], dtype=np.float32), 0) == []
