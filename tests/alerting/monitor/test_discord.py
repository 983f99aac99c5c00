"""Messages reach Discord as it wants them, waits are honoured, the address stays secret."""

import pytest

from alerting.monitor.discord import GREEN, RED, NotDelivered, payload, post
from alerting.monitor.memory import Message
from alerting.rule import RUNBOOK_PATH
from tests.alerting.monitor.webhook import listening

DOWN = Message("prod:down", "PmmBotDown", "prod does not answer.", 0.0, is_over=False)
OVER = Message("prod:down", "PmmBotDown", "prod does not answer.", 0.0, is_over=True)
GRAFANA = "https://grafana.invalid"
BODY = payload(DOWN, GRAFANA)


def test_a_message_says_what_since_when_and_what_to_do() -> None:
    """In the box that a phone shows."""
    box = BODY.embeds[0]
    assert ("🔴 prod does not answer.", RED) == (box.title, box.color)
    link = f"{GRAFANA}{RUNBOOK_PATH}#PmmBotDown"
    assert f"Since 1970-01-01 00:00 UTC.\nWhat to do: {link}" == box.description
    end = payload(OVER, GRAFANA).embeds[0]
    assert ("🟢 over: prod does not answer.", GREEN) == (end.title, end.color)


def test_a_delivered_message_is_posted_once() -> None:
    """As the JSON of a webhook."""
    with listening() as webhook:
        post(webhook.url, BODY)
    assert 1 == len(webhook.posts)
    assert {"username", "embeds"} == set(webhook.posts[0])


@pytest.mark.parametrize(("answer", "wait_s"), [(429, 1.5), (503, 1.0)])
def test_it_waits_as_long_as_it_is_asked_to(answer: int, wait_s: float) -> None:
    """`retry_after` of a 429, a second after a fault of the server."""
    waits: list[float] = []
    with listening(answer) as webhook:
        post(webhook.url, BODY, waits.append)
    assert [wait_s] == waits
    assert 2 == len(webhook.posts)


@pytest.mark.parametrize("answers", [(400,), (500, 500, 500), (404,)])
def test_a_failure_says_why_and_not_where(answers: tuple[int, ...]) -> None:
    """After a refusal at once, after faults when the attempts are used up."""
    with (
        listening(*answers) as webhook,
        pytest.raises(NotDelivered, match=str(answers[0])) as error,
    ):
        post(webhook.url, BODY, lambda _: None)
    assert "secret" not in str(error.value)
    assert len(answers) == len(webhook.posts)


def test_nobody_there_is_a_failure_without_the_address() -> None:
    """Nor does the library's text get through."""
    with pytest.raises(NotDelivered) as error:
        post("http://127.0.0.1:9/api/webhooks/1/secret", BODY, lambda _: None)
    assert "secret" not in str(error.value)
    assert error.value.__cause__ is None
