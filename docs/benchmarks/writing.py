"""Writes the page of the benchmarks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from section import Aim, Section, table

HEAD = """# Benchmarks

Measured on {date} by `{command}`, which measures again and writes this page; nothing else should run meanwhile.
The machine: {machine}.

All that is compared in a part runs in one run, in alternating order: the figures are medians over the rounds, with the
least and the greatest in brackets. Client and servers share the cores, so calls per second are fewer than with a client
elsewhere. Ratios, and CPU seconds (user and system time of a server's processes), carry over to other machines better
than anything per second."""


def page(sections: Sequence[Section], machine: str, date: str, arguments: Sequence[str]) -> str:
    """The page: how it was made, the aims, and every section."""
    command = "make bench" + (f" ARGS='{' '.join(arguments)}'" if arguments else "")
    head = HEAD.format(date=date, machine=machine, command=command)
    return f"{head}\n\n{body(sections)}"


def body(sections: Sequence[Section]) -> str:
    """The aims, and every section, without what a page says of itself first."""
    bodies = (f"## {section.title}\n\n{_body(section)}" for section in sections)
    return "\n\n".join((*_aims(sections), *bodies)) + "\n"


def _aims(sections: Iterable[Section]) -> list[str]:
    rows = [_row(aim) for section in sections for aim in section.aims]
    return ["## Speed to reach\n\n" + table(("what", "wanted", "measured", ""), rows)] if rows else []


def _row(aim: Aim) -> Sequence[str]:
    standing = "reached" if aim.reached else f"missed: {aim.in_the_way}" if aim.in_the_way else "missed"
    return aim.what, f"{aim.bound} {aim.wanted:g}", f"{aim.actual:.3g}", standing


def _body(section: Section) -> str:
    missing = [f"Not all of it was measured: {what}." for what in section.missing]
    return "\n\n".join((section.text.strip(), *missing))
