"""`env` comes from the scrape configuration and nowhere else."""

from typing import Any

from alerting.rules.divergence import JOB
from alerting.scrape import BOTS, TWINS, prometheus

CONFIG: dict[str, Any] = prometheus()


def test_every_bot_gets_its_environment() -> None:
    """And its shipper; with the job that the alerts on absence ask for."""
    jobs = {job["job_name"]: job for job in CONFIG["scrape_configs"]}
    for env in BOTS:
        for name, job in ((env, "bot"), (f"shipper-{env}", "shipper")):
            rules = jobs[name]["relabel_configs"]
            labels = {rule["target_label"]: rule["replacement"] for rule in rules}
            assert (job, env) == (labels["job"], labels["env"])


def test_a_twin_is_no_bot_of_its_own() -> None:
    """Its silence is told by production; no rule about a bot that is away may ask for it."""
    jobs = {job["job_name"]: job for job in CONFIG["scrape_configs"]}
    for env in TWINS:
        for name, job in ((f"twin-{env}", "twin"), (f"shipper-{env}-twin", "shipper")):
            rules = jobs[name]["relabel_configs"]
            labels = {rule["target_label"]: rule["replacement"] for rule in rules}
            assert (job, "twin") == (labels["job"], labels["env"])


def test_the_detector_has_no_environment() -> None:
    """It speaks of both."""
    job = next(job for job in CONFIG["scrape_configs"] if job["job_name"] == JOB)
    assert "env" not in {rule["target_label"] for rule in job["relabel_configs"]}
