"""deploy/ and docs/deploying.md: the commands of the page run, and what units and compose start is started here.

Where a file names a place of the system (`/etc/syncd`, `/run/secrets`), a place below the test's folder stands for it.
"""

import ctypes
import os
import re
import shlex
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from syncd.config import load
from syncd.sandbox import Sandbox
from syncd.sandbox.clock import wall_clock
from syncd.sandbox.server import BOT_TOKEN
from tests.conftest import ROOT
from tests.integration.machine import DEPLOY, PYTHON, Machine, asked, told, unit, unit_env

PAGE = (ROOT / "docs/deploying.md").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())


@pytest.fixture
def machine(tmp_path: Path, new_sandbox: Callable[..., Sandbox]) -> Machine:
    machine = Machine(tmp_path, new_sandbox(clock=wall_clock))
    machine.install()
    return machine


# --- systemd ---------------------------------------------------------------------------------------------------------


def by_the_page(machine: Machine) -> None:
    """What the page has for systemd, up to the start of a service; its configuration made ours."""
    for command in commands("systemd"):
        if command.startswith(("install ", "(umask")):
            done = machine.shell(command)
            assert done.returncode == 0, (command, done.stderr)
    machine.configure(DEPLOY / "systemd/syncd.yaml")


def test_the_daemon_of_the_unit_starts_is_healthy_reloads_and_ends(machine: Machine) -> None:
    by_the_page(machine)
    name = "syncd.service"
    (command,) = unit(name)["ExecStart"]
    at = machine.place(unit(name)["WorkingDirectory"][0])
    env = unit_env(machine, name)
    with machine.serving(*shlex.split(machine.mapped(command)), at=at, env=env) as process:
        address = told(process, "daemon.started")["listen"]
        assert told(process, "sync.finished")["result"] == "ok"
        health = next(line for line in commands("systemd") if "healthcheck" in line)
        assert machine.shell(health).returncode == 0
        assert asked(address, "/readyz")[0] == 200
        assert asked(address, "/hooks/github", verb="POST")[0] == 401, (
            "there is a secret, and this is not signed"
        )
        assert asked(address, "/metrics")[0] == 200, "on loopback nobody needs a token"
        process.send_signal(signal.SIGHUP)
        told(process, "config.loaded")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=float(unit(name)["TimeoutStopSec"][0].removesuffix("s"))) == 0
        assert machine.shell(health).returncode == 1
    assert len(machine.sandbox.person().issues()) == 2
    assert {one.name for one in at.iterdir()} >= {"state.db"}


def test_the_dry_run_of_the_page_leaves_nothing_behind(machine: Machine) -> None:
    by_the_page(machine)
    done = machine.shell(next(line for line in commands("systemd") if "--dry-run" in line))
    assert done.returncode == 0, done.stderr
    assert "3 to create" in done.stdout
    assert list(machine.place("/var/lib/syncd").iterdir()) == []


def no_new_executable_memory() -> None:
    """What MemoryDenyWriteExecute= does on new kernels: prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN)."""
    ctypes.CDLL(None).prctl(65, 1, 0, 0, 0)


def test_the_run_of_the_timer_needs_no_executable_memory_and_the_next_one_has_nothing_to_do(
    machine: Machine,
) -> None:
    by_the_page(machine)
    name = "syncd-run.service"
    (command,) = unit(name)["ExecStart"]
    env = unit_env(machine, name)
    said = []
    for _ in range(2):
        done = subprocess.run(
            shlex.split(machine.mapped(command)),
            env=env,
            cwd=machine.folder,
            preexec_fn=no_new_executable_memory,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        said.append(done.stdout)
    assert "0 of them writes" in said[1]
    assert len(machine.sandbox.person().issues()) == 2


@pytest.mark.parametrize("name", ["syncd.service", "syncd-run.service"])
def test_a_unit_gives_no_more_than_is_needed(name: str) -> None:
    settings = unit(name)
    assert settings["ReadWritePaths"] == ["/srv/roadmap"]
    assert settings["StateDirectory"] == ["syncd"]
    for key, value in {
        "NoNewPrivileges": "yes",
        "CapabilityBoundingSet": "",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateDevices": "yes",
        "MemoryDenyWriteExecute": "yes",
        "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    }.items():
        assert settings[key] == [value], key


def test_no_restart_where_a_restart_mends_nothing() -> None:
    assert unit("syncd.service")["RestartPreventExitStatus"] == ["5 64 78"]
    assert unit("syncd-run.service")["SuccessExitStatus"] == ["3 75"]


# --- Compose and the image -------------------------------------------------------------------------------------------


def test_the_daemon_of_compose_runs_from_its_configuration_and_secrets(machine: Machine) -> None:
    """Its folders and secrets at the places that compose.yaml gives them; the environment is that of the image."""
    for command in commands("Compose"):
        if not command.startswith(("docker ", "export ")):
            assert machine.shell(command, PWD=str(machine.folder)).returncode == 0, command
    machine.place("/run/secrets").mkdir(parents=True)
    for name, secret in COMPOSE["secrets"].items():
        made = (machine.folder / "deploy" / secret["file"]).read_bytes()
        machine.place(f"/run/secrets/{name}").write_bytes(made)
    machine.place("/roadmap").symlink_to(machine.place("/srv/roadmap"))
    machine.configure(DEPLOY / "config/syncd.yaml")
    image = dict(
        re.findall(r"^(?:ENV| {3}) (SYNCD_\w+)=(\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    )
    env = {"PATH": str(PYTHON), **{key: machine.mapped(value) for key, value in image.items()}}
    at = machine.place("/etc/syncd")
    with machine.serving("syncd", "serve", at=at, env=env) as process:
        address = told(process, "daemon.started")["listen"]
        assert told(process, "sync.finished")["result"] == "ok"
        health = subprocess.run(["syncd", "healthcheck"], cwd=at, env=env, check=False)  # noqa: S607 - as the image has it
        assert health.returncode == 0
        assert asked(address, "/metrics")[0] == 401
        token = machine.place("/run/secrets/page-token").read_text().strip()
        status, text = asked(address, "/metrics", token)
        assert status == 200
        assert metrics_of_alerts() - exported(text) == set()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert len(machine.sandbox.person().issues()) == 2
    assert machine.place("/var/lib/syncd/state.db").exists()


def test_the_container_can_write_nothing_but_state_and_roadmap() -> None:
    service = COMPOSE["services"]["syncd"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    writable = {one["target"] for one in service["volumes"] if not one.get("read_only")}
    assert writable == {"/var/lib/syncd", "/roadmap"}
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert float(service["stop_grace_period"].removesuffix("s")) > 10


def test_the_image_runs_as_a_number_that_is_not_root() -> None:
    user = re.findall(r"^USER (.+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert user == ["65532:65532"]


def test_nothing_but_what_the_build_copies_is_sent_to_the_engine() -> None:
    """A checkout holds states and perhaps tokens."""
    lines = (ROOT / ".dockerignore").read_text().split("\n")
    assert lines[1] == "*"
    allowed = {line.removeprefix("!").rstrip("/") for line in lines if line.startswith("!")}
    assert allowed == {"requirements/*.txt", "pyproject.toml", "README.md", "LICENSE", "syncd"}


# --- Kubernetes ------------------------------------------------------------------------------------------------------


def manifest(name: str) -> Any:
    return yaml.safe_load((DEPLOY / "kubernetes" / f"{name}.yaml").read_text())


def test_there_is_one_pod_and_never_two() -> None:
    spec = manifest("deployment")["spec"]
    assert spec["replicas"] == 1
    assert spec["strategy"] == {"type": "Recreate"}


def test_the_pod_is_what_the_restricted_policy_allows() -> None:
    pod = manifest("deployment")["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["automountServiceAccountToken"] is False
    assert pod["terminationGracePeriodSeconds"] > 10


def test_every_mount_of_the_pod_is_a_folder_that_its_configuration_names(machine: Machine) -> None:
    pod = manifest("deployment")["spec"]["template"]["spec"]
    mounts = {one["mountPath"] for one in pod["containers"][0]["volumeMounts"]}
    named = set(
        re.findall(
            r"(?:_file|path|state): (/\S+?)}?$", (DEPLOY / "kubernetes/syncd.yaml").read_text(), re.MULTILINE
        )
    )
    assert {str(Path(name).parent) for name in named} == mounts - {"/etc/syncd", "/tmp"}  # noqa: S108 - a mount, not a file
    keys = {Path(name).name for name in named if name.startswith("/run/secrets")}
    assert keys == set(manifest("secret.example")["stringData"])


def test_what_is_outside_reaches_one_port_and_what_is_inside_reaches_names_and_https() -> None:
    spec = manifest("networkpolicy")["spec"]
    assert spec["policyTypes"] == ["Ingress", "Egress"]
    ports = {port["port"] for rule in spec["egress"] for port in rule["ports"]}
    assert ports == {53, 443}
    assert all("from" in rule for rule in spec["ingress"])


def test_no_secret_is_part_of_the_kustomization() -> None:
    assert "secret.example.yaml" not in manifest("kustomization")["resources"]


# --- what is off -----------------------------------------------------------------------------------------------------


def uncommented(path: Path) -> str:
    """The same file with what is a commented setting in it."""
    return re.sub(
        r"^( *)# ?((?:url|notify|notify-url): |LoadCredential=|Environment=)",
        r"\1\2",
        path.read_text(),
        flags=re.MULTILINE,
    )


@pytest.mark.parametrize("name", ["config/syncd.yaml", "systemd/syncd.yaml", "kubernetes/syncd.yaml"])
def test_notifications_are_one_comment_away(name: str, tmp_path: Path) -> None:
    (tmp_path / "syncd.yaml").write_text(uncommented(DEPLOY / name))
    (tmp_path / "url").write_text("https://chat.example.org/hooks/1\n")
    env = {"SYNCD_SERVE__NOTIFY__URL_FILE": str(tmp_path / "url")}
    settings = load(tmp_path / "syncd.yaml", env)
    assert settings.notify_url() == "https://chat.example.org/hooks/1"
    assert settings.page_url() == "https://syncd.example.org/"


def test_the_address_of_a_chat_is_a_secret_wherever_it_is_switched_on() -> None:
    compose = yaml.safe_load(uncommented(DEPLOY / "compose.yaml"))
    assert compose["secrets"]["notify-url"] == {"file": "./secrets/notify-url"}
    assert "/run/secrets/notify-url" in uncommented(DEPLOY / "config/syncd.yaml")
    assert (
        "notify-url" in yaml.safe_load(uncommented(DEPLOY / "kubernetes/secret.example.yaml"))["stringData"]
    )
    unit = uncommented(DEPLOY / "systemd/syncd.service")
    assert "\nLoadCredential=notify-url:/etc/syncd/notify-url\n" in unit
    assert "\nEnvironment=SYNCD_SERVE__NOTIFY__URL_FILE=%d/notify-url\n" in unit


# --- alerts ----------------------------------------------------------------------------------------------------------


def metrics_of_alerts() -> set[str]:
    rules = yaml.safe_load((DEPLOY / "prometheus/alerts.yaml").read_text())["groups"][0]["rules"]
    return {name for rule in rules for name in re.findall(r"\bsyncd_\w+", rule["expr"])}


def exported(text: str) -> set[str]:
    """The names in an exposition; a counter that was never counted has only its type there."""
    typed = re.findall(r"^# TYPE (syncd_\w+) (\w+)$", text, re.MULTILINE)
    return {name for name, _ in typed}


def test_every_alert_says_what_it_means_and_what_to_do() -> None:
    rules = yaml.safe_load((DEPLOY / "prometheus/alerts.yaml").read_text())["groups"][0]["rules"]
    assert len({rule["alert"] for rule in rules}) == len(rules)
    assert all({"summary", "description"} == set(rule["annotations"]) for rule in rules)


# --- the page --------------------------------------------------------------------------------------------------------


def commands(section: str = "") -> list[str]:
    """What stands behind a prompt on the page, or in one of its sections."""
    text = PAGE if not section else PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    return re.findall(r"^\$ (.+)$", text, re.MULTILINE)


RUN = {
    "mkdir -m 0700 deploy/secrets": "test_the_daemon_of_compose_runs_from_its_configuration_and_secrets",
    "printf": "the same",
    "openssl": "the same",
    "install": "by_the_page",
    "(umask": "by_the_page",
    "SYNCD_REMOTES__GITHUB__TOKEN_FILE=": "test_the_dry_run_of_the_page_leaves_nothing_behind",
    "/opt/syncd/bin/syncd healthcheck": "test_the_daemon_of_the_unit_starts_is_healthy_reloads_and_ends",
    "/opt/syncd/bin/syncd state ": "test_the_backup_of_the_page_is_whole",
    "export": "test_what_compose_asks_for_is_what_the_page_sets",
    "kubectl kustomize": "deploy/ci/check",
    "python3 -m venv /opt/syncd": "tests/e2e/test_image.py, as the Dockerfile has it",
    "/opt/syncd/bin/pip install": "tests/e2e/test_image.py, as the Dockerfile has it",
}
NOT_RUN = ("docker ", "systemctl ", "journalctl ", "kubectl apply ", "useradd ")
"""There is no engine, no cluster and no systemd where the tests run; the page says so."""


@pytest.mark.parametrize("command", sorted(set(commands())))
def test_every_command_of_the_page_is_run_or_said_not_to_be(command: str) -> None:
    assert command.startswith((*RUN, *NOT_RUN))


def test_the_backup_of_the_page_is_whole(machine: Machine) -> None:
    by_the_page(machine)
    config = machine.place("/etc/syncd/syncd.yaml")
    assert (
        machine.shell(f"syncd run --config {config}", SYNCD_REMOTES__GITHUB__TOKEN=BOT_TOKEN).returncode == 0
    )
    (command,) = commands("Backup")
    assert machine.shell(command).returncode == 0
    assert machine.shell(f"syncd state --config {config} verify /var/lib/syncd/backup.db").returncode == 0


def test_what_compose_asks_for_is_what_the_page_sets(machine: Machine) -> None:
    asks = set(re.findall(r"\$\{(\w+):\?", (DEPLOY / "compose.yaml").read_text()))
    exports = [line for line in commands("Compose") if line.startswith("export ")]
    assert {line.split()[1].partition("=")[0] for line in exports} == asks
    done = machine.shell(" && ".join([*exports, 'echo "$ROADMAP_FOLDER $SYNCD_USER"']))
    assert done.stdout == f"{machine.place('/srv/roadmap')} {os.getuid()}:{os.getgid()}\n"


def test_every_file_that_the_page_names_is_there() -> None:
    for name in re.findall(r"`((?:deploy|tests)/[\w./-]+)`", PAGE):
        assert (ROOT / name).exists(), name
