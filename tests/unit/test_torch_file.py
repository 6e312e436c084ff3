"""Weights from torch's old files: the numbers come out, and nothing a file says is carried out."""

from __future__ import annotations

import contextlib
import os
import pickle
import tracemalloc
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pipeline.core.errors import InputError
from pipeline.engines import torch_file
from tests.torch_files import MAGIC, SYSTEM, Stored, Tensor, with_weights, written

FLOATS = arrays.arrays(
    np.float32, arrays.array_shapes(max_dims=3, max_side=5), elements=st.floats(width=32)
)
STATES = st.dictionaries(st.text(max_size=12), FLOATS, max_size=5)
SMALL = with_weights({"linear.weight": np.arange(6, dtype=np.float32).reshape(2, 3)})


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("weights") / "pretrained.pt"


def read(path: Path, data: bytes) -> dict[str, np.ndarray]:
    path.write_bytes(data)
    return torch_file.tensors(path, "model_state")


def refused(path: Path, data: bytes, reason: str | None = None) -> None:
    with pytest.raises(InputError, match=reason) as caught:
        read(path, data)
    assert str(path) in caught.value.message


def read_or_refused(path: Path, data: bytes) -> dict[str, np.ndarray]:
    """What a file holds, nothing where it is refused; what is refused is named."""
    with contextlib.suppress(InputError):
        return read(path, data)
    refused(path, data)
    return {}


@given(state=STATES)
def test_what_was_saved_is_read(path: Path, state: dict[str, np.ndarray]):
    found = read(path, with_weights(state))
    assert list(found) == list(state)
    for name, array in state.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == np.float32


def test_other_things_beside_the_weights_are_passed_over(path: Path):
    beside = {
        "optimizer_state": {
            "state": {1 << 47: {"step": 3, "average": Tensor(Stored("x", np.ones(2)), (2,))}},
            "param_groups": [{"lr": 1e-4, "betas": (0.9, 0.999), "amsgrad": False, "none": None}],
        }
    }
    found = read(path, with_weights({"bias": np.ones(3)}, **beside))
    assert [(name, array.tolist()) for name, array in found.items()] == [("bias", [1, 1, 1])]


def test_two_tensors_may_lie_in_one_storage(path: Path):
    stored = Stored("0", np.arange(10))
    state = OrderedDict(first=Tensor(stored, (2, 2)), then=Tensor(stored, (3,), 4))
    found = read(path, written({"model_state": state}))
    assert found["first"].tolist() == [[0, 1], [2, 3]]
    assert found["then"].tolist() == [4, 5, 6]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    at=st.integers(0, len(SMALL) - 1),
    length=st.integers(0, 8),
    instead=st.binary(max_size=12),
)
def test_a_file_that_is_damaged_is_refused_or_read(
    path: Path, at: int, length: int, instead: bytes
):
    found = read_or_refused(path, SMALL[:at] + instead + SMALL[at + length :])
    assert all(isinstance(array, np.ndarray) for array in found.values())


@given(at=st.integers(0, len(SMALL) - 1))
def test_a_file_that_is_cut_short_is_refused(path: Path, at: int):
    refused(path, SMALL[:at])


@given(data=st.binary(max_size=300))
@example(b"")
@example(b"PK\x03\x04")
def test_foreign_bytes_are_refused(path: Path, data: bytes):
    refused(path, data)


# Any opcodes in any order, as the third pickle of a file that begins well.
OPCODES = st.sampled_from(
    [b"}", b"]", b")", b"N", b"\x88", b"(", b"u", b"s", b"e", b"a", b"t", b"\x85", b"\x86", b"\x87",
     b"R", b"b", b"Q", b"q\0", b"h\0", b"K\1", b"J\0\0\0\0", b"X\1\0\0\0a", b"2", b"0", b".",
     b"ccollections\nOrderedDict\n", b"ctorch\nFloatStorage\n",
     b"ctorch._utils\n_rebuild_tensor_v2\n"]
)  # fmt: skip


@given(st.lists(OPCODES, max_size=30).map(b"".join))
def test_opcodes_in_any_order_are_refused_or_read(path: Path, program: bytes):
    heads = b"".join(pickle.dumps(head, 2) for head in (MAGIC, 1001, SYSTEM))
    data = heads + b"\x80\2" + program + b"." + pickle.dumps([], 2)
    assert read_or_refused(path, data) == {}


class Call:
    def __init__(self, function: Callable[..., object], *given: object) -> None:
        self.called = function, given

    def __repr__(self) -> str:  # names a test, the same in every process
        return self.called[0].__name__

    def __reduce__(self) -> object:
        return self.called


@pytest.mark.parametrize(
    "value",
    [
        Call(os.system, "exit 1"),
        Call(eval, "1"),
        Call(exec, "1"),
        Call(OrderedDict, [("a", 1)]),
        Call(getattr, "a", "upper"),
        {1, 2},
        b"bytes",
        bytearray(3),
        Path("/"),
        np.ones(2),
    ],
    ids=repr,
)
def test_a_file_that_does_anything_else_is_refused(path: Path, value: object):
    refused(path, written({"model_state": {}, "beside": value}))


def test_nothing_that_a_file_names_is_called(path: Path, tmp_path: Path):
    witness = tmp_path / "witness"
    refused(path, written({"model_state": Call(os.mkdir, str(witness))}), "asks for")
    assert not witness.exists()


@pytest.mark.parametrize(
    ("tensor", "reason"),
    [
        (Tensor(Stored("0", np.ones(4), 2**40), (2**40,)), "not as long as it says"),
        (Tensor(Stored("0", np.ones(4), 5), (4,)), "not as long as it says"),
        (Tensor(Stored("0", np.ones(4), -1), (4,)), "not as long as it says"),
        (Tensor(Stored("0", np.ones(4)), (5,)), "longer than its storage"),
        (Tensor(Stored("0", np.ones(4)), (4,), 1), "longer than its storage"),
        (Tensor(Stored("0", np.ones(4)), (4,), -1), "strange order"),
        (Tensor(Stored("0", np.ones(4)), (2**30, 2**30), strides=(0, 0)), "strange order"),
        (Tensor(Stored("0", np.ones(4)), (2, 2), strides=(1, 2)), "strange order"),
        (Tensor(Stored("0", np.ones(4)), (-2, -2)), "strange order"),
        (Tensor(Stored("0", np.ones(4)), (1,) * 2_000), "strange kind"),
    ],
    ids=range(10),
)
def test_a_tensor_that_is_not_there_is_refused(path: Path, tensor: Tensor, reason: str):
    refused(path, written({"model_state": {"a": tensor}}), reason)


@pytest.mark.parametrize(
    ("saved", "reason"),
    [
        ([], "no dictionary 'model_state'"),
        ({"other": {}}, "no dictionary 'model_state'"),
        ({"model_state": [1]}, "no dictionary 'model_state'"),
        ({"model_state": {"a": 1}}, "more than tensors"),
        ({"model_state": {1: Tensor(Stored("0", np.ones(1)), (1,))}}, "more than tensors"),
        ({"model_state": {(1, 2): 3}}, "strange keys"),
    ],
)
def test_a_file_without_weights_is_refused(path: Path, saved: object, reason: str):
    refused(path, written(saved), reason)


def test_what_another_kind_of_machine_wrote_is_refused(path: Path):
    other = {**SYSTEM, "little_endian": False}
    refused(path, written({"model_state": {}}, system=other), "little-endian")
    refused(path, written({"model_state": {}}, magic=1), "not in torch's format")


# A tuple of two of the last one, sixty times: 2**60 to compare or to hash.
NESTED = b")q\0" + b"h\0h\0\x86q\0" * 60


def hostile() -> dict[str, bytes]:
    """Programs of a few bytes, for which a library takes gigabytes or hours."""
    return {
        "a place far away": b"Nr\xff\xff\xff\x7f",
        "long bytes": b"\x96" + (2**40).to_bytes(8, "little"),
        "a long text": b"X\xff\xff\xff\xff",
        "a long number": b"\x8b\xff\xff\xff\x7f",
        "many lists": b"]" * 4_000_000,
        "a key that takes an age": NESTED + b"}h\0Ns",
        "a list within itself": b"]q\0h\0a",
        "lists in lists": b"]" * 50_000 + b"a" * 49_999,
    }


@pytest.mark.parametrize("program", hostile().values(), ids=hostile().keys())
@pytest.mark.parametrize("place", ["instead of the magic number", "instead of what is saved"])
def test_what_a_file_claims_takes_no_memory(path: Path, program: bytes, place: str):
    heads = b"".join(pickle.dumps(head, 2) for head in (MAGIC, 1001, SYSTEM))
    data = b"\x80\2" + program + b"." + pickle.dumps([], 2)
    tracemalloc.start()
    try:
        refused(path, data if "magic" in place else heads + data)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 40 << 20


def test_a_list_of_storages_that_takes_an_age_to_compare_is_refused(path: Path):
    body = SMALL[: SMALL.index(pickle.dumps(["0"], 2))]
    refused(path, body + b"\x80\2" + NESTED + b"]h\0a.")


def test_a_file_that_is_too_long_is_not_read(path: Path):
    path.write_bytes(SMALL)
    os.truncate(path, torch_file.MOST_BYTES + 1)
    with pytest.raises(InputError, match="longer than 64 MiB"):
        torch_file.tensors(path, "model_state")


def test_a_file_that_is_not_there_and_one_that_never_ends_are_refused(tmp_path: Path):
    for place in (tmp_path / "none", tmp_path, Path(os.devnull)):
        with pytest.raises(InputError, match="cannot be read"):
            torch_file.tensors(place, "model_state")


def test_a_file_with_more_behind_its_last_storage_is_refused(path: Path):
    refused(path, SMALL + b"\0", "follows its last storage")


def test_the_writer_of_these_tests_uses_the_names_that_torch_does():
    for name in (b"torch._utils\n_rebuild_tensor_v2", b"torch\nFloatStorage"):
        assert name in SMALL
