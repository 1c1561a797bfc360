"""Holds a plugin to all rules, and tells what it breaks."""

import os
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from jinja2 import Environment

from core.plugins.registry import Registry
from core.rules import (
    addressing,
    assets,
    code,
    importing,
    listing_rules,
    manifest,
    naming,
    pages,
    permitting,
    report_rules,
    sealed_rules,
    storing,
    trial_budgets,
    trial_imports,
    trial_leaks,
    trial_lists,
    trial_parts,
    trial_reports,
    trial_tables,
    trial_visits,
    wires,
)
from core.rules.laboratory import Laboratory
from core.rules.rule import Finding, Problem, Rule, TrialRule
from core.rules.subject import Subject
from core.rules.trial import Trial
from weft import Plugin

RULES: tuple[Rule, ...] = (
    *(*manifest.RULES, *code.RULES, *naming.RULES, *storing.RULES, *sealed_rules.RULES, *permitting.RULES, *addressing.RULES, *wires.RULES),
    *(*listing_rules.RULES, *report_rules.RULES, *importing.RULES, *pages.RULES, *assets.RULES),
)
ENABLES = TrialRule("enables", "It can be switched on in a business that has only what it requires", trial_tables.nothing)
# In this order: importers leave rows for pages to show.
TRIAL_RULES: tuple[TrialRule, ...] = (
    *(ENABLES, *trial_tables.RULES, *trial_lists.RULES, *trial_imports.RULES),
    *(*trial_visits.RULES, *trial_budgets.RULES, *trial_reports.RULES, *trial_parts.RULES, *trial_leaks.RULES, *sealed_rules.TRIAL_RULES),
)


@dataclass(slots=True)
class Report:
    """What a check came to. `skipped` are rules that could not be tried."""

    key: str
    findings: list[Finding] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether every rule that was tried is kept."""
        return not self.findings

    def note(self, rule: str, problems: Sequence[Problem]) -> None:
        """Write down what became of a rule."""
        self.findings += [Finding(rule, problem.where, problem.sentence) for problem in dict.fromkeys(problems)]
        if not problems:
            self.kept.append(rule)

    def __str__(self) -> str:
        lines = [f"{finding.rule}: {finding.where}: {finding.sentence}" for finding in self.findings]
        return "\n".join(lines) or f"{self.key} keeps all {len(self.kept)} rules."


async def check(
    plugin: Plugin, registry: Registry, environment: Environment, laboratory: Laboratory | None, only: Collection[str] = ()
) -> Report:
    """Hold a plugin to every rule, or `only` to those that are named; without a laboratory to those that need no database.

    `environment` is the Jinja environment over the templates of the registry's plugins.
    """
    os.environ.setdefault("PICCOLO_CONF", "core.database")  # columns ask for their engine
    started, report = time.perf_counter(), Report(plugin.key)
    subject = Subject(plugin, registry, environment)
    for rule in RULES:
        if not only or rule.id in only:
            report.note(rule.id, _static(rule, subject))
    trials = [rule for rule in TRIAL_RULES if not only or rule.id in only]
    if laboratory is None:
        report.skipped += [rule.id for rule in trials]
    elif trials:
        await _try(subject, laboratory, trials, report)
    report.seconds = round(time.perf_counter() - started, 2)
    return report


def _static(rule: Rule, subject: Subject) -> list[Problem]:
    try:
        return list(rule.broken(subject))
    except Exception as wrong:
        return [_fell_over(rule.id, wrong, subject)]


async def _try(subject: Subject, laboratory: Laboratory, rules: Sequence[TrialRule], report: Report) -> None:
    try:
        trial = await Trial.open(subject, laboratory)
    except Exception as wrong:
        sentence = f"It cannot be switched on: {type(wrong).__name__}: {wrong}"
        report.note(ENABLES.id, [Problem(subject.plugin_place, sentence)])
        report.skipped += [rule.id for rule in rules if rule is not ENABLES]
        return
    for rule in rules:
        problems: list[Problem] = []
        try:
            problems += [problem async for problem in rule.broken(trial)]
        except Exception as wrong:
            problems.append(_fell_over(rule.id, wrong, subject))
        report.note(rule.id, problems)


def _fell_over(rule: str, wrong: Exception, subject: Subject) -> Problem:
    """Return a problem rather than nothing: what a rule cannot look at, it has not found to be well."""
    return Problem(
        subject.plugin_place, f"The rule “{rule}” could not be tried: {type(wrong).__name__}: {str(wrong).partition(chr(10))[0]}"
    )


def titles(rules: Iterable[Rule | TrialRule] = (*RULES, *TRIAL_RULES)) -> dict[str, str]:
    """Return what each rule asks for, by its name."""
    return {rule.id: rule.title for rule in rules}
