"""Looking for a GPU never fails, whatever the driver does."""

import sys
import types

import pytest

from pipeline.engines import gpu


def broken(error):
    def count():
        raise error

    return types.SimpleNamespace(get_cuda_device_count=count)


@pytest.mark.parametrize(
    "library",
    [
        None,  # importing it fails
        types.SimpleNamespace(),
        broken(RuntimeError("CUDA driver version is insufficient for CUDA runtime version")),
        broken(OSError("libcuda.so.1: cannot open shared object file")),
        broken(ValueError("unsupported device cuda")),
    ],
)
def test_a_driver_that_fails_is_no_gpu(monkeypatch, library):
    monkeypatch.setitem(sys.modules, "ctranslate2", library)
    assert gpu.count() == 0
    assert not gpu.is_usable()


def test_a_gpu_without_its_library_is_not_used(monkeypatch):
    seen = types.SimpleNamespace(get_cuda_device_count=lambda: 2)
    monkeypatch.setitem(sys.modules, "ctranslate2", seen)
    monkeypatch.setattr(gpu, "_CUBLAS", "libno-such-library.so.12")
    assert gpu.count() == 2
    assert gpu.missing_library() == "libno-such-library.so.12"
    assert not gpu.is_usable()


@pytest.mark.engine
def test_the_real_library_answers_here():
    assert gpu.count() >= 0
