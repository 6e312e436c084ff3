import errno
import pickle

import pytest

from pipeline.core import errors
from pipeline.core.errors import ExitCode, InputError, PipelineError, code_of


def leaves() -> list[type[PipelineError]]:
    return PipelineError.__subclasses__()


def test_every_leaf_has_a_code_of_its_own():
    codes = [leaf.exit_code for leaf in leaves()]
    assert len(set(codes)) == len(codes)
    assert not set(codes) & {ExitCode.OK, ExitCode.BUG, ExitCode.INTERRUPTED, ExitCode.TERMINATED}


def test_the_codes_are_the_promised_ones():
    assert [int(code) for code in ExitCode] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 74, 75, 130, 143]


@pytest.mark.parametrize("leaf", leaves())
def test_an_error_survives_the_way_between_processes(leaf: type[PipelineError]):
    error = pickle.loads(pickle.dumps(leaf("x.mp4, line 3: wrong", hint="put it right")))
    assert type(error) is leaf
    assert (error.message, error.hint) == ("x.mp4, line 3: wrong", "put it right")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError("x"), ExitCode.BAD_INPUT),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED),
        (MemoryError(), ExitCode.ENGINE),
        (OSError(errno.ENOSPC, "full"), ExitCode.ENVIRONMENT),
        (OSError(errno.EIO, "fault"), ExitCode.ENVIRONMENT),
        (OSError(errno.EBADF, "closed"), ExitCode.BUG),
        (ModuleNotFoundError("no av", name="av"), ExitCode.MISSING),
        (ModuleNotFoundError("no room", name="pipeline.room"), ExitCode.BUG),
        (ZeroDivisionError(), ExitCode.BUG),
    ],
)
def test_every_error_has_a_code(error: BaseException, code: ExitCode):
    assert code_of(error) is code


def test_nothing_else_in_the_package_names_exit_codes_of_its_own():
    assert {leaf.__module__ for leaf in leaves()} == {errors.__name__}
