"""What tests/conftest.py promises: in CI nothing is skipped, elsewhere a missing folder is no failure."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import FAKE_TOKEN, ROOT

SKIPS = "import pytest\n@pytest.mark.skip(reason='not today')\ndef test_skipped(): pass\n"
SKIPS_AS_A_WHOLE = "import pytest\npytest.skip('no such library', allow_module_level=True)\n"
NEEDS_SHARED = "def test_real(shared): assert (shared / 'seeds').is_dir()\n"
TELLS = f"def test_tells(): print('the token is {FAKE_TOKEN}')\n"
PASSES = "def test_fine(): pass\n"


def outcome(folder: Path, test: str, *arguments: str, **environment: str) -> int:
    """The exit code of a session of its own, under our conftest, of the text `test` and a test that passes."""
    (folder / "tests").mkdir(exist_ok=True)
    shutil.copy(ROOT / "tests" / "conftest.py", folder / "tests")
    (folder / "tests" / "test_it.py").write_text(test, encoding="utf-8")
    (folder / "tests" / "test_more.py").write_text(PASSES, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = e2e\n", encoding="utf-8")
    inherited = {name: value for name, value in os.environ.items() if name != "CI"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        env=inherited | {"SYNCD_SHARED": str(folder / "absent")} | environment,
        capture_output=True,
        check=False,
    )
    return done.returncode


@pytest.mark.parametrize(
    ("test", "arguments"),
    [
        pytest.param(SKIPS, (), id="test"),
        pytest.param(SKIPS_AS_A_WHOLE, (), id="module"),
        pytest.param(SKIPS, ("-n", "2"), id="test on a worker"),
    ],
)
def test_a_skipped_test_fails_in_ci_and_only_there(
    tmp_path: Path, test: str, arguments: tuple[str, ...]
) -> None:
    assert outcome(tmp_path, test, *arguments, CI="true") == pytest.ExitCode.TESTS_FAILED
    assert outcome(tmp_path, test, *arguments) == pytest.ExitCode.OK


def test_a_missing_shared_folder_fails_in_ci_and_only_there(tmp_path: Path) -> None:
    assert outcome(tmp_path, NEEDS_SHARED, CI="true") == pytest.ExitCode.TESTS_FAILED
    assert outcome(tmp_path, NEEDS_SHARED) == pytest.ExitCode.OK


def test_a_test_that_tells_its_token_fails_everywhere(tmp_path: Path) -> None:
    assert outcome(tmp_path, TELLS) == pytest.ExitCode.TESTS_FAILED


def test_a_session_without_skips_passes_in_ci(tmp_path: Path) -> None:
    (tmp_path / "absent" / "seeds").mkdir(parents=True)
    assert outcome(tmp_path, NEEDS_SHARED, CI="true") == pytest.ExitCode.OK


def test_what_lies_in_the_folder_e2e_is_marked_so(tmp_path: Path) -> None:
    (tmp_path / "tests" / "e2e").mkdir(parents=True)
    (tmp_path / "tests" / "e2e" / "test_far.py").write_text(
        "def test_far(): assert False\n", encoding="utf-8"
    )
    assert outcome(tmp_path, "", "-m", "not e2e") == pytest.ExitCode.OK
    assert outcome(tmp_path, "", "-m", "e2e") == pytest.ExitCode.TESTS_FAILED
