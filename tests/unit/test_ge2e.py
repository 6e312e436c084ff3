"""GE2E's vectors: windows as in resemblyzer, the same whatever else is asked for at once."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cli import doctor
from pipeline.core import media
from pipeline.core.errors import InputError, MissingError
from pipeline.engines import ge2e, mel
from pipeline.engines.ge2e import Ge2e
from tests.torch_files import with_weights
from tests.unit.test_onnx_graph import in_numpy, random_weights

ROOT = Path(__file__).parents[2]
Sound = np.ndarray
WEIGHTS = random_weights()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "pretrained.pt"
    path.write_bytes(with_weights({**WEIGHTS, "similarity_weight": np.ones(1)}))
    return path


@pytest.fixture(scope="module")
def engine(path: Path) -> Ge2e:
    return Ge2e(path)


def noise(samples: int, seed: int = 0, level: float = 0.1) -> Sound:
    drawn = np.random.default_rng(seed).normal(0, 1, samples)
    return (level * np.convolve(drawn, np.ones(seed % 7 + 1) / 3, "same")).astype(np.float32)


def vectors(engine: Ge2e, pieces: list[Sound]) -> np.ndarray:
    return engine.vectors(lambda: iter(pieces))


def library_starts(samples: int) -> list[int]:
    """resemblyzer's own rule, at 1.3 windows a second, of which the last is covered to 0.75."""
    frames = int(np.ceil((samples + 1) / 160))
    step = int(np.round((16_000 / 1.3) / 160))
    starts = list(range(0, max(1, frames - 160 + step + 1), step))
    covered = (samples - starts[-1] * 160) / (160 * 160)
    return starts[:-1] if covered < 0.75 and len(starts) > 1 else starts


@given(samples=st.integers(1, 400_000))
def test_windows_begin_where_the_library_begins_them(samples: int):
    assert list(ge2e._starts(samples)) == library_starts(samples)


@pytest.mark.parametrize("samples", [3_000, 40_000])
def test_a_vector_is_the_mean_of_its_windows(engine: Ge2e, samples: int):
    piece = noise(samples, 5)
    padded = np.concatenate([piece, np.zeros(40_000, np.float32)])
    padded *= 10 ** (-24 / 20) / np.sqrt(np.mean(piece**2))
    frames = mel.frames(padded, 0, (samples + 40_000) // 160)
    mels = np.stack([frames[at : at + 160] for at in library_starts(samples)], axis=1)
    mean = in_numpy(WEIGHTS, mels).mean(axis=0)
    (found,) = vectors(engine, [piece])
    np.testing.assert_allclose(found, mean / np.linalg.norm(mean), atol=1e-5)


def test_one_by_one_equals_all_together(engine: Ge2e):
    lengths = [200, 8_000, 25_600, 30_000, 64_000, 64_001, 200_000, 1_000, 90_000]
    pieces = [noise(length, seed) for seed, length in enumerate(lengths)]
    together = vectors(engine, pieces)
    alone = np.vstack([vectors(engine, [piece]) for piece in pieces])
    np.testing.assert_array_equal(together, alone)
    np.testing.assert_array_equal(vectors(engine, pieces[::-1]), together[::-1])


def test_it_is_the_same_again_and_on_any_number_of_threads(path: Path, engine: Ge2e):
    pieces = [noise(30_000, seed) for seed in range(20)]
    found = vectors(engine, pieces)
    np.testing.assert_array_equal(vectors(engine, pieces), found)
    for threads in (1, 3):
        np.testing.assert_array_equal(vectors(Ge2e(path, threads=threads), pieces), found)


def test_rows_have_length_one_or_are_zeros(engine: Ge2e):
    silent, nothing = np.zeros(30_000, np.float32), np.zeros(0, np.float32)
    broken = np.full(30_000, np.nan, np.float32)
    found = vectors(engine, [noise(30_000), silent, nothing, broken, noise(10)])
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), [1, 0, 0, 0, 1], atol=1e-5)


def test_no_pieces_are_no_rows(engine: Ge2e):
    assert vectors(engine, []).shape == (0, engine.dimension) == (0, 256)


def test_how_loud_a_piece_is_plays_no_part(engine: Ge2e):
    piece = noise(40_000, level=1)
    found = vectors(engine, [piece * 10 ** (level / 20) for level in (-80, -50, -30, -10, 0)])
    np.testing.assert_allclose(found, found[:1].repeat(5, axis=0), atol=1e-5)


def test_hours_take_no_more_memory_than_minutes(path: Path, monkeypatch: pytest.MonkeyPatch):
    engine = Ge2e(path, threads=2)
    monkeypatch.setattr(engine, "_run", lambda batch: np.ones((16, 256), np.float32))
    piece = noise(64_000)

    def peak(count: int) -> int:
        tracemalloc.start()
        engine.vectors(lambda: (piece.copy() for _ in range(count)))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(2)
    assert peak(400) - peak(40) < 2 << 20  # of them 0.7 MB are the vectors


def test_a_piece_of_minutes_is_computed_in_parts():
    piece = np.zeros(16_000 * 600, np.float32)
    piece[0] = 1
    tracemalloc.start()
    for count, _ in enumerate(ge2e.windows(piece), 1):
        assert count
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == len(library_starts(len(piece)))
    assert most < 3 * piece.nbytes


def test_its_identity_names_the_library_its_release_and_the_weights(engine: Ge2e, tmp_path: Path):
    other = tmp_path / "other.pt"
    other.write_bytes(with_weights(random_weights(seed=9)))
    assert engine.identity.startswith("resemblyzer 0.1.4 ge2e@")
    assert Ge2e(other).identity != engine.identity


def test_other_weights_are_refused_with_the_name_of_the_file(tmp_path: Path):
    other = tmp_path / "other.pt"
    other.write_bytes(with_weights({"linear.weight": np.ones((2, 2))}))
    with pytest.raises(InputError, match=r"other\.pt.*is not among the weights"):
        Ge2e(other)


def installed(folder: Path, release: str, weights: bytes) -> None:
    about = folder / f"resemblyzer-{release}.dist-info"
    about.mkdir()
    text = f"Metadata-Version: 2.1\nName: resemblyzer\nVersion: {release}\n"
    (about / "METADATA").write_text(text)
    (folder / "resemblyzer").mkdir()
    (folder / "resemblyzer" / "pretrained.pt").write_bytes(weights)


def test_without_the_library_it_says_what_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(MissingError, match="not installed") as caught:
        ge2e.find()
    assert "pip install --no-deps resemblyzer==0.1.4" in caught.value.hint


def test_doctor_says_so_too_and_that_marathon_works_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    finding = doctor._voices()
    assert finding.state is doctor.State.NOTE
    assert "resemblyzer is not installed" in finding.found
    assert "pip install --no-deps resemblyzer==0.1.4" in finding.type_this


@pytest.mark.parametrize(
    ("release", "reason"), [("0.1.3", "in release 0.1.3, not 0.1.4"), ("0.1.4", "damaged")]
)
def test_another_release_and_a_damaged_file_are_refused(
    release: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    installed(tmp_path, release, b"not these")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(MissingError, match=reason) as caught:
        ge2e.find()
    assert "resemblyzer==0.1.4" in caught.value.hint


def test_a_library_without_its_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    installed(tmp_path, "0.1.4", b"")
    (tmp_path / "resemblyzer" / "pretrained.pt").unlink()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(MissingError, match=r"pretrained\.pt"):
        ge2e.find()


@pytest.mark.engine
def test_the_librarys_weights_tell_the_voices_of_the_broadcast_apart():
    """Five synthetic voices, one by telephone, one over another: mostly the nearest is the same."""
    whole = np.concatenate(list(media.blocks(ROOT / "samples" / "broadcast.opus")))
    pieces, names = [], []
    for line in (ROOT / "samples" / "broadcast.rttm").read_text().splitlines():
        _, _, _, start, length, _, _, name, *_ = line.split()
        begin = round(float(start) * 16_000)
        pieces.append(whole[begin : begin + round(float(length) * 16_000)])
        names.append(name)
    found = vectors(Ge2e(), pieces)
    cosines = found @ found.T
    same = np.equal.outer(names, names)
    others = ~np.eye(len(names), dtype=bool)
    nearest = np.where(others, cosines, -1).argmax(axis=1)
    right = np.mean([names[a] == names[b] for a, b in enumerate(nearest)])
    assert right > 0.95  # 1.0
    assert cosines[same & others].mean() - cosines[~same].mean() > 0.15  # 0.89 and 0.65


@pytest.mark.engine
def test_neither_the_library_nor_torch_is_imported():
    code = """
import sys
from pipeline.engines.ge2e import Ge2e
print(Ge2e().identity, {"torch", "resemblyzer", "librosa", "scipy"} & sys.modules.keys())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "resemblyzer 0.1.4 ge2e@39373b86598fa3da set()\n"
