"""What holds for every test: no network, no home folder but an empty one, no unexpected errors."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

_HOME = tempfile.TemporaryDirectory(prefix="marathon-tests-", ignore_cleanup_errors=True)


def _empty_home() -> None:
    """Before any library is imported: some of them read these, and make folders, at import."""
    for name in list(os.environ):
        if name.startswith(("MARATHON_", "ARGOS_", "HF_", "XDG_", "HUGGINGFACE_")):
            del os.environ[name]
    os.environ["LC_ALL"] = "C.UTF-8"  # what is said to people is compared in English
    os.environ["HOME"] = os.environ["USERPROFILE"] = _HOME.name
    for name in ("DATA", "CONFIG", "CACHE", "STATE"):
        folder = Path(_HOME.name) / name.lower()
        folder.mkdir(exist_ok=True)
        os.environ[f"XDG_{name}_HOME"] = str(folder)


_empty_home()

# A shell that runs the tests in the background ignores Ctrl-C, and what we start would too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    with contextlib.suppress(ValueError):  # not the main thread
        signal.signal(signal.SIGINT, signal.default_int_handler)

for _profile, _examples in {"dev": 50, "ci": 200, "release": 5000}.items():
    settings.register_profile(
        _profile,
        max_examples=_examples,
        deadline=None,  # a machine that is busy with something else is no fault
        derandomize=_profile == "dev",  # what passed passes again; `make test-long` draws anew
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: object) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            host = str(address[0]) if isinstance(address, tuple) else ""
            if host not in {"127.0.0.1", "::1", "localhost"}:
                raise AssertionError(f"a test went to the network: {address!r}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", only_here)


@pytest.fixture(autouse=True)
def _no_unexpected_errors(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture):
    yield
    if request.node.get_closest_marker("logs_errors"):
        return
    errors = [
        record.getMessage()
        for record in caplog.get_records("call")
        if record.levelno >= logging.ERROR and record.name.startswith("pipeline")
    ]
    assert not errors, f"logged as errors: {errors}"
