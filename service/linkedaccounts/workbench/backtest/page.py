"""The report of a backtest as one page that needs nothing else."""

from __future__ import annotations

from decimal import Decimal

from linkedaccounts.workbench.backtest.chart import chart
from linkedaccounts.workbench.backtest.report import Report
from linkedaccounts.workbench.html_templates import templates_of


def page(report: Report, title: str, sources: str) -> str:
    """The HTML: ``title`` names the candidate, ``sources`` the recorded decisions."""
    templates = templates_of("linkedaccounts.workbench.backtest", ".")
    templates.filters["signed"] = signed
    months = chart(report.by_month, report.reporting) if report.by_month else ""
    stores = chart(report.by_store, report.reporting) if len(report.by_store) > 1 else ""
    template = templates.get_template("page.html")
    return template.render(report=report, title=title, sources=sources, months=months, stores=stores)


def signed(amount: Decimal, digits: int | None = None) -> str:
    """An amount with its sign, as in ``+1,234.50``: a difference of nothing has none."""
    shown = amount if digits is None else amount.quantize(Decimal(1).scaleb(-digits))
    return f"{shown:+,f}" if shown else f"{abs(shown):,f}"
