"""Vectors on disk: what is read is what was written, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.artifacts import Origin
from pipeline.segment import voices
from pipeline.segment.voices import Heard

ORIGIN = Origin(stage="voices", stage_version=1, weights="ge2e@1", inputs={"recording": "a"})
OTHER = Origin(stage="voices", stage_version=1, weights="ge2e@2", inputs={"recording": "a"})


def vectors(rows=5, dimension=8):
    return np.random.default_rng(1).normal(size=(rows, dimension)).astype(np.float32)


def heard(rows=5):
    return Heard(
        vectors=vectors(rows),
        identity="ge2e@1",
        threshold=0.32,
        knows_people=False,
        keys=tuple(f"{row}" for row in range(rows)),
    )


def is_same(found):
    rounded = voices.rounded(vectors())
    return np.array_equal(found.vectors, rounded) and replace(found, vectors=rounded) == replace(
        heard(), vectors=rounded
    )


def test_what_was_written_is_read(tmp_path):
    voices.write(tmp_path / "v", ORIGIN, heard())
    found = voices.read(tmp_path / "v", ORIGIN)
    assert is_same(found)
    assert np.abs(found.vectors - vectors()).max() < 2e-3


def test_what_is_of_something_else_is_not_there(tmp_path):
    assert voices.read(tmp_path / "v", ORIGIN) is None
    voices.write(tmp_path / "v", ORIGIN, heard())
    assert voices.read(tmp_path / "v", OTHER) is None
    assert voices.read(tmp_path, ORIGIN) is None


@given(st.data())
def test_a_damaged_file_is_not_there(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("voices") / "v"
    voices.write(path, ORIGIN, heard())
    whole = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(whole) - 1))
    if data.draw(st.booleans()):
        path.write_bytes(whole[:at])
    else:
        whole[at] ^= data.draw(st.integers(1, 255))
        path.write_bytes(whole)
    found = voices.read(path, ORIGIN)
    assert found is None or is_same(found)


def test_no_rows_are_no_file_worth_reading(tmp_path):
    voices.write(tmp_path / "v", ORIGIN, heard(rows=0))
    assert voices.read(tmp_path / "v", ORIGIN) is None
