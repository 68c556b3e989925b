"""The image without a container engine: its steps run in a clean root, and what they leave runs as a container would.

The root has the system's `/usr`, read-only, a fresh Python environment in the place of the base image, and nothing
else. What the engine itself does (layers, the image's own file system, HEALTHCHECK) is not shown here.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from syncd.sandbox import Sandbox
from syncd.sandbox.server import BOT_TOKEN
from tests.conftest import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
BASE = "/base/bin:/usr/bin:/bin"

ENTER = """\
set -eu
mount --make-rprivate /
cd "$ROOT"
for name in usr etc dev proc sys; do mkdir -p "$name"; mount --rbind "/$name" "$name"; done
for name in bin lib lib64 sbin; do [ -e "$name" ] || ln -s "usr/$name" "$name"; done
mount -o remount,bind,ro usr; mount -o remount,bind,ro etc
mkdir -p tmp; mount -t tmpfs tmpfs tmp
"""
MOUNT = "mount --make-rprivate /\n"
READ_ONLY = """\
# As compose.yaml has it: a read-only root, one volume, a folder with the roadmap; and no shell to be found.
mount --bind "$ROOT" "$ROOT"; cd "$ROOT"
for name in usr etc dev proc; do mount --rbind "/$name" "$name"; done
mount -t tmpfs tmpfs tmp
for name in var/lib/syncd roadmap; do mount --bind "$name" "$name"; done
mount -o remount,bind,ro "$ROOT"
for shell in bash dash; do [ ! -e "usr/bin/$shell" ] || mount --bind /dev/null "usr/bin/$shell"; done
"""


def instructions() -> list[tuple[str, str]]:
    """Every instruction of the Dockerfile with its arguments on one line."""
    text = re.sub(r"^\s*#.*\n", "", DOCKERFILE, flags=re.MULTILINE)
    lines = re.sub(r"\\\n", " ", text).split("\n")
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in lines) if name]


def stages() -> list[list[tuple[str, str]]]:
    found: list[list[tuple[str, str]]] = []
    for name, rest in instructions():
        if name == "FROM":
            found.append([])
        if found:
            found[-1].append((name, rest))
    return found


def setting(name: str) -> str:
    """The last instruction of this name in the final stage."""
    return next(rest for one, rest in reversed(stages()[-1]) if one == name)


def environment() -> dict[str, str]:
    words = shlex.split(setting("ENV"))
    return dict(word.split("=", 1) for word in words)


@dataclass(frozen=True)
class Image:
    """A folder that holds what the image would."""

    root: Path

    def prepare(self) -> None:
        self.root.chmod(0o755)
        self.root.joinpath("tmp").mkdir()
        self.root.joinpath("build").mkdir()
        subprocess.run(["/usr/bin/python3.11", "-m", "venv", str(self.root / "base")], check=True)
        # The environment was made from outside: its scripts name that place.
        for script in self.root.joinpath("base/bin").iterdir():
            if script.is_file() and not script.is_symlink() and b"\0" not in script.read_bytes():
                script.write_text(script.read_text().replace(str(self.root), ""))

    def inside(
        self, script: str, *, env: dict[str, str], prepare: str = ENTER, privileges: str = ""
    ) -> subprocess.CompletedProcess[str]:
        command = f"{prepare}\nexec /usr/sbin/chroot . {privileges} {script}"
        return subprocess.run(
            ["/usr/bin/unshare", "--mount", "--fork", "--pid", "--kill-child", "/bin/sh", "-c", command],
            env={**env, "ROOT": str(self.root)},
            check=False,
            capture_output=True,
            text=True,
            timeout=600,
        )

    def run(self, command: str, place: str) -> None:
        passed = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        env = {**passed, "PATH": BASE, "HOME": "/tmp"}  # noqa: S108 - a tmpfs of its own
        done = self.inside(f"sh -c {shlex.quote(f'cd {place} && {command}')}", env=env)
        assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"

    def copy(self, rest: str, place: str) -> None:
        *sources, target = [word for word in rest.split() if not word.startswith("--")]
        for source in sources:
            here, there = ROOT / source, self.root / place.lstrip("/") / target
            if here.is_dir():
                ignored = shutil.ignore_patterns("__pycache__", "*.pyc")  # as .dockerignore has it
                shutil.copytree(here, there, ignore=ignored)
            else:
                shutil.copy(here, there)

    def started(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The entry point, as the container's user, with what the image says and nothing else."""
        user, group = setting("USER").split(":")
        privileges = (
            f"/usr/bin/setpriv --reuid {user} --regid {group} --clear-groups --no-new-privs"
            " --bounding-set=-all --inh-caps=-all /usr/bin/env -C /roadmap"
        )
        return self.inside(
            shlex.join(arguments),
            env=environment(),
            prepare=f"set -eu\n{MOUNT}{READ_ONLY}",
            privileges=privileges,
        )


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """Built by the very steps of the Dockerfile."""
    image = Image(tmp_path_factory.mktemp("image"))
    image.prepare()
    for stage in stages():
        place = "/"
        for name, rest in stage:
            if name == "WORKDIR":
                place = rest
                image.root.joinpath(rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
            elif name == "RUN":
                image.run(rest, place)
            elif name == "COPY" and "--from=" not in rest:
                image.copy(rest, place)
    for name in ("build", "base"):  # of the first stage, which the image does not have
        image.root.joinpath(name).rename(image.root.parent / f"{image.root.name}-{name}")
    work = image.root / "roadmap"
    work.mkdir()
    work.joinpath("ROADMAP.md").write_text("# Widgets\n\n## Now\n\n- [ ] Cut the wood\n")
    for ours in (work, work / "ROADMAP.md"):
        os.chown(ours, 65532, 65532)
    return image


def test_the_entry_point_runs_with_a_read_only_root_and_without_rights_or_shell(image: Image) -> None:
    done = image.started("syncd", "--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("syncd ")


def test_a_run_writes_the_roadmap_and_the_state_and_nothing_else(image: Image, sandbox: Sandbox) -> None:
    """Over the network of this machine: the clean root has no other."""
    image.root.joinpath("roadmap/syncd.yaml").write_text(
        f"remotes: {{github: {{kind: github, project: acme/widgets, url: '{sandbox.url}', token: {BOT_TOKEN}}}}}\n"
        "roadmaps: {main: {path: ROADMAP.md, remotes: [github]}}\n"
    )
    before = files(image.root)
    done = image.started("syncd", "run")
    assert done.returncode == 0, done.stderr
    assert [issue.title for issue in sandbox.person().issues()] == ["Cut the wood"]
    assert {name.split("/")[1] for name in files(image.root) - before} == {"var"}
    sandbox.person().close(sandbox.person().issues()[0].number)
    assert image.started("syncd", "run").returncode == 0
    assert "[x] Cut the wood" in image.root.joinpath("roadmap/ROADMAP.md").read_text()


def files(root: Path) -> set[str]:
    """Everything that the image itself holds, by its path in it."""
    parts = (root / name for name in ("opt", "var", "roadmap", "etc/syncd", "tmp"))
    return {f"/{one.relative_to(root)}" for part in parts for one in part.rglob("*")}


def test_every_module_is_compiled_and_there_is_no_pip(image: Image) -> None:
    packages = next(image.root.glob("opt/syncd/lib/python3.*/site-packages"))
    assert not (packages / "pip").exists()
    for source in (packages / "syncd").rglob("*.py"):
        assert list((source.parent / "__pycache__").glob(f"{source.stem}.cpython-*.pyc")), source


def test_healthcheck_and_entry_point_need_no_shell() -> None:
    assert json.loads(setting("ENTRYPOINT")) == ["syncd"]
    assert json.loads(setting("CMD")) == ["serve"]
    assert json.loads(setting("HEALTHCHECK").partition(" CMD ")[2]) == ["syncd", "healthcheck"]
