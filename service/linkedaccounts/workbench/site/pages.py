"""Renders the pages: templates of ``templates/``, filled with what the views say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from google.protobuf.descriptor import EnumDescriptor

from linkedaccounts.domain.text import LANGUAGES
from linkedaccounts.policy.labels import Labels
from linkedaccounts.policy.place import Place
from linkedaccounts.policy.policy import Policy
from linkedaccounts.policy.source import SourceFile
from linkedaccounts.policy.vocabulary import enum_values
from linkedaccounts.v1.facts_pb2 import AccountStatus, Organisation, Role
from linkedaccounts.workbench.html_templates import templates_of
from linkedaccounts.workbench.site.chart import step_chart
from linkedaccounts.workbench.site.rule_map import BOX_HEIGHT, BOX_WIDTH, rule_map
from linkedaccounts.workbench.site.rule_view import DecisionView, decision_view
from linkedaccounts.workbench.site.values_view import changing, plan_rows, store_rows
from linkedaccounts.workbench.site.words import Words


@dataclass(frozen=True, slots=True)
class Subject:
    """What the site is about: a policy, its files, the day it is seen on, and where its files can be read besides.

    ``source`` is an address with `{file}` and `{line}` in it, such as a code host's; empty for the site's own pages.
    """

    policy: Policy
    files: tuple[SourceFile, ...]
    day: date
    source: str = ""


_TEMPLATES = templates_of("linkedaccounts.workbench.site")

_STANDING: Mapping[str, EnumDescriptor] = {
    "actor.role": Role.DESCRIPTOR,
    "actor.organisation": Organisation.DESCRIPTOR,
    "account.status": AccountStatus.DESCRIPTOR,
}
"""The facts of `link` that the form asks for, each with its values in the contract."""


class Pages:
    """The pages in one language; each by its path below the site."""

    def __init__(self, subject: Subject, language: str) -> None:
        self._subject = subject
        self._language = language
        self._labels = Labels(subject.policy.catalogue, language)
        self._words = Words(language)
        decisions = sorted(subject.policy.decisions.values(), key=lambda decision: decision.form.name)
        self._views = [decision_view(decision, self._labels, self._link) for decision in decisions]

    def rendered(self) -> dict[str, str]:
        """Every page's text, by path."""
        pages = {
            "index": self._page("index", decisions=self._views),
            "values": self._values(),
            "map": self._page("map", map=rule_map(self._views), width=BOX_WIDTH, height=BOX_HEIGHT),
            "what-if": self._what_if(),
        }
        for view in self._views:
            pages[f"decision-{view.name}"] = self._decision(view)
        for file in self._subject.files:
            name = _file_page(file.path)
            pages[name.removesuffix(".html")] = self._page("file", file=file, here=name)
        return {f"{self._language}/{name}.html": text for name, text in pages.items()}

    def _page(self, template: str, **values: object) -> str:
        (other,) = (language for language in LANGUAGES if language != self._language)
        values = {"here": f"{template}.html", "files": self._subject.files, "file_page": _file_page, **values}
        return _TEMPLATES.get_template(f"{template}.html.jinja").render(
            say=self._words,
            language=self._language,
            other_language=other,
            version=self._subject.policy.version,
            day=self._subject.day,
            views=self._views,
            **values,
        )

    def _decision(self, view: DecisionView) -> str:
        return self._page("decision", view=view, here=f"decision-{view.name}.html")

    def _values(self) -> str:
        subject, day = self._subject, self._subject.day
        plans = plan_rows(subject.policy.catalogue, self._labels, self._words, day)
        stores = store_rows(subject.policy.catalogue, self._labels, self._words, day)
        since, through = date(day.year - 1, 1, 1), date(day.year + 2, 12, 31)
        drawn = [row.series for row in plans]
        drawn += changing(stores, since, through)
        charts = [(series.name, step_chart(series, since, through)) for series in drawn]
        return self._page("values", plans=plans, stores=stores, charts=charts, since=since, through=through)

    def _what_if(self) -> str:
        catalogue = self._subject.policy.catalogue
        terms = {code: store.terms.on(self._subject.day) for code, store in sorted(catalogue.stores.items())}
        stores = [
            (code, catalogue.stores[code].name.render(self._language), entry is not None and entry.value.fee.minor > 0)
            for code, entry in terms.items()
        ]
        # Linking is asked of accounts in two stores.
        said = {**self._words.table("what_if"), "linked_stores": list(terms)[:2]}
        return self._page("what-if", said=said, stores=stores, standings=self._standings())

    def _standings(self) -> list[tuple[str, str, list[tuple[str, str]]]]:
        """What the form asks of who acts: the contract's field, its label, and the contract's values with theirs."""
        facts = self._subject.policy.decisions["link"].space.facts
        listed = []
        for path, descriptor in _STANDING.items():
            words = [self._labels.value(facts[path], value) for value in (None, *enum_values(descriptor))]
            names = [(value.name, said) for value, said in zip(descriptor.values, words, strict=True)]
            listed.append((path.rpartition(".")[2], self._labels.fact(path), names[1:] + names[:1]))
        return listed

    def _link(self, place: Place) -> str:
        if self._subject.source:
            return self._subject.source.format(file=place.file, line=place.line)
        return f"{_file_page(place.file)}#L{place.line}"


def _file_page(path: str) -> str:
    """The page that shows a rule file."""
    return f"file-{path.replace('/', '-')}.html"
