"""docker-compose.yml, read: what Compose itself does not check, and what docs/stack.md promises."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec import structs

from alerting.scrape import WALLET, prometheus
from bot.sandbox.market.config import GeneratedMarketConfig
from bot.settings import Settings
from exporters.shipper.command import parser
from exporters.wallet.command import parser as wallet_parser

ROOT = Path(__file__).parent.parent.parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name for name, service in SERVICES.items() if service["image"].startswith("pmm:")}
ONE_SHOT = {"setup"}
CANNOT_BE_READ_ONLY = {"setup", "prod", "influxdb", "grafana"}
"""The file says why for each."""
SECRET_NAME = re.compile(r"PASSWORD|TOKEN|SECRET|KEY|WEBHOOK|PASSPHRASE")
PINNED = re.compile(r":v?\d+\.\d+\.\d+")
PROFILES = ((), ("rehearsal",), ("prod",), ("rehearsal", "prod"))


def each(names: set[str] | dict[str, Any] = SERVICES) -> pytest.MarkDecorator:
    """One test for each service."""
    return pytest.mark.parametrize("name", sorted(names))


def mounts(service: dict[str, Any]) -> list[tuple[str, str]]:
    """(source, target) of each volume of a service."""
    return [tuple(text.split(":")[:2]) for text in service.get("volumes", ())]


@each()
def test_who_is_waited_for_can_become_healthy(name: str) -> None:
    """`service_healthy` waits for ever for a service without a health check."""
    for other, wanted in SERVICES[name].get("depends_on", {}).items():
        assert other in SERVICES
        if wanted["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[other], other
        if wanted["condition"] == "service_completed_successfully":
            assert "no" == SERVICES[other]["restart"], other


@each()
def test_nothing_waits_for_what_its_profile_does_not_start(name: str) -> None:
    """A service with profiles may need those of its own profiles, or those without any."""
    mine = set(SERVICES[name].get("profiles", ()))
    for other in SERVICES[name].get("depends_on", {}):
        theirs = set(SERVICES[other].get("profiles", ()))
        assert not theirs or (mine and mine <= theirs), other


@each()
def test_files_that_are_mounted_exist(name: str) -> None:
    """Compose would make an empty directory in place of a missing file, and say nothing."""
    for source, _ in mounts(SERVICES[name]):
        if source.startswith("."):
            assert (ROOT / source).exists(), source
        else:
            assert source in COMPOSE["volumes"], source


@each()
def test_ports_are_published_on_the_loopback_only(name: str) -> None:
    """Nothing of the stack can be reached from another machine."""
    for port in SERVICES[name].get("ports", ()):
        assert re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port), port


def test_no_two_services_publish_one_port() -> None:
    """All profiles can run at once."""
    published = [p.split(":")[1] for s in SERVICES.values() for p in s.get("ports", ())]
    assert len(published) == len(set(published))


@each()
def test_images_are_pinned_to_one_version(name: str) -> None:
    """`latest` and half a version move by themselves."""
    assert PINNED.search(SERVICES[name]["image"])


def test_the_base_of_our_image_is_pinned_too() -> None:
    """Every stage, and the version of uv is the one of the Makefile."""
    assert all(PINNED.search(line) for line in re.findall(r"^FROM .*", DOCKERFILE, re.MULTILINE))
    version = re.search(r"^UV_VERSION := (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert version
    assert f"ARG UV_VERSION={version[1]}" in DOCKERFILE


@each()
def test_no_secret_is_in_the_environment_or_a_label(name: str) -> None:
    """`docker inspect` shows both; a secret is a file, and its variable ends with FILE."""
    service = SERVICES[name]
    for variable in service.get("environment", {}):
        if SECRET_NAME.search(variable):
            assert variable.endswith("_FILE"), variable
    assert "labels" not in service
    assert "secrets" not in service, "Compose refuses to start with one that is not set"
    assert "env_file" not in service


@each()
def test_nobody_runs_as_root(name: str) -> None:
    """Ours run as the user of the image, the others as a user named here."""
    user = str(SERVICES[name].get("user", ""))
    if name in OURS:
        assert "\nUSER 10001:10001\n" in DOCKERFILE
        assert not user
    else:
        assert user.split(":", maxsplit=1)[0] not in {"", "0", "root"}


@each(OURS)
def test_a_volume_that_is_written_belongs_to_who_writes_it(name: str) -> None:
    """An empty volume takes its owner from the image's directory; without one only root writes."""
    made = re.search(r"mkdir -p (.+?) *&& chown -R pmm:pmm (.+)", DOCKERFILE.replace("\\\n", ""))
    assert made
    for volume in SERVICES[name].get("volumes", ()):
        if not volume.endswith(":ro"):
            target = volume.split(":")[1]
            assert target in made[1].split()
            assert any(target.startswith(owned) for owned in made[2].split())


@each()
def test_everyone_is_hardened_and_has_a_limit(name: str) -> None:
    """No new privileges, no capabilities, a limit of memory, logs that do not fill the disk."""
    service = SERVICES[name]
    assert ["ALL"] == service["cap_drop"]
    assert ["no-new-privileges:true"] == service["security_opt"]
    assert service["mem_limit"]
    assert service["logging"]["options"]["max-size"]
    assert "privileged" not in service
    assert (name not in CANNOT_BE_READ_ONLY) == service["read_only"]


@each(SERVICES.keys() - ONE_SHOT)
def test_everyone_comes_back(name: str) -> None:
    """After a crash and after the machine was started again."""
    assert "unless-stopped" == SERVICES[name]["restart"]


@each()
def test_health_is_asked_of_the_loopback(name: str) -> None:
    """`localhost` is IPv6 first in some images, where nobody listens."""
    test = " ".join(SERVICES[name].get("healthcheck", {}).get("test", ()))
    assert "localhost" not in test


def test_what_must_survive_is_in_a_named_volume() -> None:
    """Journal, kill switch, position of the shipper, calibration, stores and secrets."""
    kept = {source for s in SERVICES.values() for source, _ in mounts(s) if source[0] != "."}
    assert set(COMPOSE["volumes"]) == kept


def test_the_environment_is_named_from_outside_only() -> None:
    """By the scrape configuration and the shipper's tag; no bot is told which one it is."""
    for env in ("demo", "rehearsal", "prod"):
        shipper = SERVICES[f"shipper-{env}"]
        assert f"env={env}" == shipper["command"][shipper["command"].index("--tag") + 1]
        assert f"{env}-state" == mounts(shipper)[0][0]
        told = {**SERVICES[env].get("environment", {})}
        assert env not in json.dumps({k: v for k, v in told.items() if k != "PMM_LIVE"})


@pytest.mark.parametrize("env", ["prod", "rehearsal"])
def test_a_twin_is_shipped_as_a_twin_from_the_state_of_its_bot(env: str) -> None:
    """Its journal lies below production's, and its shipper remembers a place of its own."""
    shipper = SERVICES[f"shipper-{env}-twin"]
    assert "env=twin" == shipper["command"][shipper["command"].index("--tag") + 1]
    assert "/journal/twin/journal" in shipper["command"]
    assert "/shipper/twin" in shipper["command"]
    assert [f"{env}-state", f"{env}-shipper"] == [each[0] for each in mounts(shipper)][:2]


def test_a_rehearsal_speaks_with_the_local_exchange_alone() -> None:
    """Every address that a bot has by default is replaced; and it has a key, of nobody."""
    told = SERVICES["rehearsal"]["environment"]
    defaults = structs.asdict(Settings())
    addresses = [name for name, value in defaults.items() if "://" in str(value)]
    assert {"clob_url", "user_ws_url", "rpc_urls"} <= {*addresses}
    for name in addresses:
        assert re.fullmatch(r"((http|ws)://exchange:8777.*)?", told[f"PMM_{name.upper()}"])
    assert ["--host", "0.0.0.0", "--port", "8777"] == SERVICES["exchange"]["command"][2:]  # noqa: S104
    assert "ports" not in SERVICES["exchange"]
    key = told["PMM_PRIVATE_KEY_FILE"].removeprefix("/secrets/")
    assert f'make "$root/{key}"' in (ROOT / "docker" / "setup.sh").read_text()
    assert ("exchange-secrets", "/secrets/exchange") in mounts(SERVICES["rehearsal"])
    assert ("exchange-secrets", "/secrets/exchange") in mounts(SERVICES["setup"])


def test_a_rehearsal_names_the_market_of_the_local_exchange() -> None:
    """Its volume is below what the screen asks for, so a bot that chooses takes none."""
    assert GeneratedMarketConfig().slug == SERVICES["rehearsal"]["environment"]["PMM_MARKET"]


def test_demo_can_be_put_on_the_market_of_the_rehearsal() -> None:
    """By the lines that docs/stack.md gives: those of the rehearsal for what paper asks."""
    text = (ROOT / "docs" / "stack.md").read_text()
    found = re.search(r"^```yaml\n(.+?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found
    services = yaml.safe_load(found[1])["services"]
    told = services["demo"]["environment"]
    assert {"PMM_MARKET", "PMM_GAMMA_URL", "PMM_MARKET_WS_URL"} == set(told)
    assert told.items() <= SERVICES["rehearsal"]["environment"].items()


@each()
def test_nobody_lives_in_the_network_of_another(name: str) -> None:
    """Such a container is lost when the other one comes back, and does not start after a reboot."""
    assert SERVICES[name].get("network_mode") in {None, "none"}


@each({"demo", "rehearsal", "prod"})
def test_a_bot_keeps_its_locks_where_it_may_write(name: str) -> None:
    """By default they are below the home, which is read-only here."""
    assert "/state/locks" == SERVICES[name]["environment"]["PMM_LOCK_DIR"]


def test_every_bot_watches_the_calibration() -> None:
    """It need not be there yet."""
    for env in ("demo", "rehearsal", "prod"):
        assert ("calibration", "/calibration") in mounts(SERVICES[env])
        told = SERVICES[env]["environment"]["PMM_CALIBRATION"]
        assert "/calibration/calibration.json" == told


@each({name for name in SERVICES if name.startswith("shipper-")})
def test_shippers_are_started_as_they_want_to_be(name: str) -> None:
    """Their own parser takes the command, and they can be scraped from beside."""
    module, command, *options = SERVICES[name]["command"]
    assert ("exporters", "ship") == (module, command)
    taken = parser().parse_args(options)
    assert ("http://influxdb:8086", "0.0.0.0") == (taken.url, taken.metrics_host)  # noqa: S104 - in a container


def test_influxdb_runs_our_script_at_its_first_start() -> None:
    """The image runs what is executable and ends with sh; the task is its neighbour there."""
    folder = next(s for s, t in mounts(SERVICES["influxdb"]) if t == "/docker-entrypoint-initdb.d")
    scripts = list((ROOT / folder).glob("*sh"))
    assert ["ticks_1m.sh"] == [path.name for path in scripts]
    assert all(path.stat().st_mode & 0o111 == 0o111 for path in scripts)
    assert (ROOT / folder / "ticks_1m.flux").is_file()


def test_the_wallet_is_watched_without_a_key() -> None:
    """Its own parser takes the command; it sees production's journal, read-only, and no key."""
    wallet = SERVICES["wallet"]
    module, command, *options = wallet["command"]
    assert ("exporters", "wallet") == (module, command)
    taken = wallet_parser().parse_args(options)
    assert ("0.0.0.0", WALLET) == (taken.host, f"wallet:{taken.port}")  # noqa: S104 - in a container
    assert "prod-state:/journal:ro" in wallet["volumes"]
    assert {"PMM_WALLET"} == set(wallet["environment"])
    assert "configs" not in wallet
    state = SERVICES["prod"]["environment"]["PMM_STATE_DIR"]
    assert f"prod-state:{state}" in SERVICES["prod"]["volumes"]
    assert Path("/journal/journal") == taken.journal


@each({"prod", "wallet"})
def test_nodes_of_the_chain_come_as_a_file(name: str) -> None:
    """Their addresses may hold a key; the script that reads them runs the image's own command."""
    service = SERVICES[name]
    assert "PMM_RPC_URLS" not in service["environment"]
    assert "chain-secrets:/secrets/chain:ro" in service["volumes"]
    assert ["/app/docker/nodes.sh"] == service["entrypoint"]
    assert 'exec python -m "$@"' in (ROOT / "docker" / "nodes.sh").read_text()
    assert 'ENTRYPOINT ["python", "-m"]' in DOCKERFILE


def test_one_variable_says_where_grafana_is_opened() -> None:
    """To Prometheus and the watchdog, whose messages link to it, and to Grafana itself."""
    value = "${PMM_GRAFANA_URL:-http://127.0.0.1:3000}"
    for name in ("setup", "prometheus", "monitor"):
        assert value == SERVICES[name]["environment"]["PMM_GRAFANA_URL"], name
    assert value == SERVICES["grafana"]["environment"]["GF_SERVER_ROOT_URL"]
    assert {"grafana": "${PMM_GRAFANA_URL}"} == prometheus()["global"]["external_labels"]  # type: ignore[index,call-overload]


def test_prometheus_finds_the_services_where_they_listen() -> None:
    """Every name in the scrape configuration is a service that has a network."""
    config = yaml.safe_load((ROOT / "alerting/generated/prometheus.yml").read_text())
    names = {
        name
        for job in config["scrape_configs"]
        for found in job.get("dns_sd_configs", ())
        for name in found["names"]
    }
    assert names <= {name for name, service in SERVICES.items() if "network_mode" not in service}
    assert "9101" == SERVICES["demo"]["environment"]["PMM_METRICS_PORT"]


def test_production_must_be_asked_for() -> None:
    """By its profile and by a word in the environment, which is not there by itself."""
    assert ["prod"] == SERVICES["prod"]["profiles"]
    assert "${PMM_LIVE:-}" == SERVICES["prod"]["environment"]["PMM_LIVE"]
    assert not [n for n, s in SERVICES.items() if s.get("profiles") is None and "prod" in n]


def test_the_example_of_settings_needs_no_line() -> None:
    """Every line of .env.example is a comment, and every variable of the file is explained."""
    example = (ROOT / ".env.example").read_text()
    assert all(line.startswith("#") for line in example.splitlines() if line)
    used = set(re.findall(r"\$\{(PMM_[A-Z_]+):-", (ROOT / "docker-compose.yml").read_text()))
    assert used == set(re.findall(r"^# (PMM_[A-Z_]+)=", example, re.MULTILINE))


def test_the_builder_never_sees_secrets_or_state() -> None:
    """All is ignored but what the image copies."""
    lines = (ROOT / ".dockerignore").read_text().split()
    allowed = {line[1:] for line in lines if line.startswith("!")}
    copied = set(re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE))
    assert "*" in lines
    assert allowed == {name for names in copied for name in names.split()}


def compose(program: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Let Compose read the file, with nothing of ours in its environment but what is given."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("PMM_")}  # noqa: TID251 - to leave it out
    return subprocess.run(
        [program, "--env-file", os.devnull, *words],
        cwd=ROOT,
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("profiles", PROFILES, ids=lambda names: "+".join(names) or "none")
@pytest.mark.parametrize("environment", [{}, {"PMM_LIVE": "yes", "PMM_PRIVATE_KEY": "0xhush"}])
def test_compose_takes_the_file(
    tool: Callable[[str], str], profiles: tuple[str, ...], environment: dict[str, str]
) -> None:
    """With every set of profiles: no word of warning, and it starts what the profiles say."""
    program = tool("docker-compose")
    chosen = [word for name in profiles for word in ("--profile", name)]
    done = compose(program, *chosen, "config", "-q", **environment)
    assert ("", 0) == (done.stderr, done.returncode)
    listed = compose(program, *chosen, "config", "--services", **environment)
    expected = {
        name
        for name, service in SERVICES.items()
        if not service.get("profiles") or set(service["profiles"]) & set(profiles)
    }
    assert expected == set(listed.stdout.split())


def test_compose_mounts_the_secrets_that_are_given(tool: Callable[[str], str]) -> None:
    """They become files of the services that need them, and of no other; no variable has them."""
    given = {
        "PMM_PRIVATE_KEY": "0xhush",
        "PMM_DISCORD_WEBHOOK_URL": "https://discord.invalid/hush",
        "PMM_RPC_URLS": "https://node.invalid/hush",
    }
    done = compose(
        tool("docker-compose"), "--profile", "prod", "config", "--format", "json", **given
    )
    resolved = json.loads(done.stdout)
    assert "0xhush\n" == resolved["configs"]["private_key"]["content"]
    users = {
        (name, config["source"])
        for name, service in resolved["services"].items()
        for config in service.get("configs") or ()
    }
    handed_on = {("setup", "discord_webhook_url"), ("setup", "rpc_urls")}
    assert {("prod", "private_key"), *handed_on} == users
    assert "hush" not in json.dumps(resolved["services"])
