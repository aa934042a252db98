"""Second stage: trees of nodes → a checked policy, or every problem of every file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linkedaccounts.domain.catalogue import Catalogue
from linkedaccounts.policy.catalogue_draft import CatalogueDraft
from linkedaccounts.policy.catalogue_rows import catalogue_rows
from linkedaccounts.policy.check_behaviour import check_behaviour
from linkedaccounts.policy.check_catalogue import SECTIONS, check_catalogue
from linkedaccounts.policy.check_details import SECTION as DETAILS
from linkedaccounts.policy.check_details import check_asked, check_details
from linkedaccounts.policy.check_invariants import BROKEN, check_invariants
from linkedaccounts.policy.check_invariants import SECTION as INVARIANTS
from linkedaccounts.policy.check_rules import DecisionDraft, RuleChecker, check_top_level
from linkedaccounts.policy.decisions import DECISIONS
from linkedaccounts.policy.findings import Findings
from linkedaccounts.policy.invariants import Invariant
from linkedaccounts.policy.problems import Problem
from linkedaccounts.policy.regions import Space
from linkedaccounts.policy.source import SourceFile
from linkedaccounts.policy.vocabulary import Codes, FactType, facts_of_message


@dataclass(frozen=True, slots=True)
class Checked:
    """What the files say, once nothing is wrong with it."""

    catalogue: Catalogue
    drafts: Mapping[str, DecisionDraft]
    invariants: tuple[Invariant, ...]

    def space(self, draft: DecisionDraft) -> Space:
        """All facts that can occur in a decision."""
        return Space(draft.facts, catalogue_rows(draft.form, draft.facts, self.catalogue.stores.values()))


def check(files: Sequence[SourceFile], incomplete: bool = False) -> tuple[Checked | None, list[Problem]]:
    """The checked content of the files (tests aside), or None if they have an error; and all problems.

    Rules that break an invariant are an error, too, and do not keep the content from being read.

    ``incomplete``: other files could not be read; what may stand in them is not called missing.
    """
    findings = Findings(files, incomplete)
    check_top_level(files, (*SECTIONS, DETAILS, INVARIANTS), findings)
    catalogue, drafts = drafted(files, findings)
    for draft in drafts.values():
        check_behaviour(draft, catalogue, findings)
    rows = {name: catalogue_rows(draft.form, draft.facts, catalogue.stores.values()) for name, draft in drafts.items()}
    spaces = {name: Space(draft.facts, rows[name]) for name, draft in drafts.items()}
    invariants = check_invariants(files, spaces, drafts, findings)
    check_asked(files, catalogue, drafts[DETAILS], findings)
    found = [*findings.problems, *findings.warnings]
    if any(problem.code != BROKEN for problem in findings.problems) or catalogue.reporting is None:
        return None, found
    return Checked(catalogue.finished(), drafts, invariants), found


def drafted(files: Sequence[SourceFile], findings: Findings) -> tuple[CatalogueDraft, dict[str, DecisionDraft]]:
    """The catalogue and the decisions of the files, each thing checked by itself; problems are noted."""
    catalogue = check_catalogue(files, findings)
    check_details(files, catalogue, findings)
    facts = {name: facts_of_message(form.facts, codes_of(catalogue)) for name, form in DECISIONS.items()}
    return catalogue, RuleChecker(catalogue, facts, findings).check(files)


def codes_of(catalogue: CatalogueDraft) -> Codes:
    """The codes that facts may name, as far as the catalogue could be read."""
    return {
        FactType.STORE: catalogue.store_codes,
        FactType.REGION: catalogue.region_codes,
        FactType.CURRENCY: frozenset(catalogue.currencies),
    }
