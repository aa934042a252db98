"""A real Prometheus that reads one service."""

from __future__ import annotations

import json
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.end_to_end.running import free_port

SECONDS = 30


class Prometheus:
    """Answers queries at ``url``."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, path: str, **fields: str) -> Any:
        """What its API answers; an error of a query is raised with what Prometheus says of it."""
        data = urllib.parse.urlencode(fields).encode() if fields else None
        try:
            with urllib.request.urlopen(f"{self.url}{path}", data, timeout=SECONDS) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{fields}: {error.read().decode()}") from None

    def series(self, query: str) -> list[Any]:
        """The series of an instant query."""
        result: list[Any] = self.ask("/api/v1/query", query=query)["result"]
        return result


@contextmanager
def reading(metrics_port: int, alerts: Path, folder: Path) -> Iterator[Prometheus]:
    """Prometheus, as a person would set it up, but reading each second; once it has read the service."""
    config = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(alerts)],
        "scrape_configs": [
            {"job_name": "linked-accounts", "static_configs": [{"targets": [f"127.0.0.1:{metrics_port}"]}]}
        ],
    }
    written, port = folder / "prometheus.json", free_port()
    written.write_text(json.dumps(config))  # JSON is YAML
    flags = (f"--storage.tsdb.path={folder / 'tsdb'}", f"--web.listen-address=127.0.0.1:{port}", "--log.level=error")
    with subprocess.Popen(["prometheus", f"--config.file={written}", *flags]) as process:
        try:
            prometheus = Prometheus(f"http://127.0.0.1:{port}")
            until_ready(prometheus)
            yield prometheus
        finally:
            process.kill()


def until_ready(prometheus: Prometheus) -> None:
    """Waits until it answers."""
    end = time.monotonic() + SECONDS
    while True:
        try:
            urllib.request.urlopen(f"{prometheus.url}/-/ready", timeout=SECONDS).close()
        except (urllib.error.URLError, ConnectionError):
            assert time.monotonic() < end, "Prometheus does not start"
            time.sleep(0.05)
        else:
            return
