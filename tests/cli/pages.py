"""What stands in an HTML page: its texts, and what it would fetch."""

from __future__ import annotations

from html.parser import HTMLParser


class Page(HTMLParser):
    """``text`` is all that a reader sees, ``fetched`` what a browser would get from elsewhere."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self._texts: list[str] = []
        self._unseen = 0
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._texts).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in {"style", "script"}
        where = (value or "" for name, value in attrs if name in {"src", "href", "xlink:href"} and tag != "svg")
        self.fetched += [value for value in where if value and not value.startswith(("#", "data:"))]

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in {"style", "script"}

    def handle_data(self, data: str) -> None:
        if self._unseen:
            self.fetched += ["url("] * data.count("url(") + ["@import"] * data.count("@import")
        else:
            self._texts.append(data)
