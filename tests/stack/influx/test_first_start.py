"""What the stack does at the first start of InfluxDB: the bucket of minutes and its task."""

import subprocess
from pathlib import Path

from tests.stack.influx.engine import TOKEN, Influx2

SCRIPT = Path(__file__).parents[3] / "docker" / "influxdb" / "ticks_1m.sh"
TASK = SCRIPT.with_suffix(".flux")


def first_start(
    store: Influx2, folder: Path, task: Path = TASK
) -> subprocess.CompletedProcess[str]:
    """Run the script as the image does, between its set-up and its start."""
    token = folder / "token"
    token.write_text(TOKEN)
    organisation = store.call("GET", "/api/v2/orgs?org=pmm")[1]["orgs"][0]["id"]
    return subprocess.run(
        ["/bin/sh", str(SCRIPT), str(task)],
        env={
            "PATH": "/usr/bin:/bin",
            "INFLUX_HOST": store.url,
            "DOCKER_INFLUXDB_INIT_ORG_ID": organisation,
            "DOCKER_INFLUXDB_INIT_ADMIN_TOKEN_FILE": str(token),
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_bucket_and_task_are_there_after_it(influx2: Influx2, tmp_path: Path) -> None:
    """The bucket keeps for ever, the task is active, and is the file to the letter."""
    done = first_start(influx2, tmp_path)
    assert (0, "ticks_1m: the bucket and its task are made\n") == (done.returncode, done.stdout)
    [bucket] = influx2.call("GET", "/api/v2/buckets?name=ticks_1m")[1]["buckets"]
    assert 0 == sum(rule["everySeconds"] for rule in bucket["retentionRules"])
    [task] = influx2.call("GET", "/api/v2/tasks")[1]["tasks"]
    assert ("ticks_1m", "active", "1h") == (task["name"], task["status"], task["every"])
    assert TASK.read_text().strip() == task["flux"].strip()


def test_what_the_store_refuses_stops_the_start_and_is_said(
    influx2: Influx2, tmp_path: Path
) -> None:
    """With its own words, and without the token."""
    broken = tmp_path / "broken.flux"
    broken.write_text('option task = {name: "never"}\n\tfrom(bucket: "a\\\\b")\n')
    done = first_start(influx2, tmp_path, broken)
    assert 1 == done.returncode
    assert "every" in done.stderr
    assert TOKEN not in done.stdout + done.stderr
    again = first_start(influx2, tmp_path)
    assert 1 == again.returncode
    assert "ticks_1m already exists" in again.stderr
