"""Rules about what a plugin says of itself."""

import ast
import inspect
from collections.abc import Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from core.plugins.hooks import HOOKS
from core.rules.rule import Problem, Rule
from core.rules.subject import Subject
from weft import Plugin


def _kept_at_start(_: Subject) -> Iterator[Problem]:
    """Find nothing: the registry refuses a plugin that breaks such a rule before anything else is asked of it."""
    return iter(())


def words(subject: Subject) -> Iterator[Problem]:
    """A person reads about the module before switching it on."""
    plugin = subject.plugin
    if not plugin.summary.strip():
        yield Problem(subject.plugin_place, "It has no summary: say in one sentence what the module is for; the Modules page shows it.")
    if not type(plugin).__doc__:
        yield Problem(
            subject.plugin_place, f"The class {type(plugin).__name__} has no docstring: say in one sentence what the plugin adds."
        )
    for source in subject.sources:
        if source.path.parent.name != "migrations" and source.text.strip() and not ast.get_docstring(source.tree):
            yield Problem(subject.shown(source.path), "The file does not say what it holds: begin it with a docstring of one sentence.")


def requires(subject: Subject) -> Iterator[Problem]:
    """What it needs is installed, in a version that fits."""
    for key, range_ in subject.plugin.requires.items():
        try:
            versions = SpecifierSet(range_, prereleases=True)
        except InvalidSpecifier:
            yield Problem(subject.plugin_place, f"The version range “{range_}” for “{key}” cannot be read: write one such as >=1.0,<2.")
            continue
        other = subject.registry.get(key)
        if key == subject.key:
            yield Problem(subject.plugin_place, "It requires itself: take its own key out of requires.")
        elif other is None:
            yield Problem(subject.plugin_place, f"It requires “{key}”, which is not installed here: install it beside this plugin.")
        elif Version(other.version) not in versions:
            yield Problem(subject.plugin_place, f"It requires {key} {range_}, and {other.version} is installed.")
        elif subject.key in _all_needs(subject, key):
            yield Problem(subject.plugin_place, f"It requires “{key}”, which in turn requires it: one of the two must come first.")


def _all_needs(subject: Subject, key: str) -> set[str]:
    found: set[str] = set()
    left = [key]
    while left:
        plugin = subject.registry.get(left.pop())
        for need in plugin.requires if plugin else ():
            if need not in found:
                found.add(need)
                left.append(need)
    return found


def only_hooks(subject: Subject) -> Iterator[Problem]:
    """A method that is no hook is a misspelt one, or belongs beside the class."""
    for name, member in vars(type(subject.plugin)).items():
        if not name.startswith("_") and inspect.isfunction(member) and name not in HOOKS:
            yield Problem(
                subject.place(member),
                f"{name}() is no hook of weft.Plugin, so nobody calls it: correct its name, or move it out of the class.",
            )
    for name in vars(type(subject.plugin)):
        if not name.startswith("_") and name not in HOOKS and not hasattr(Plugin, name) and name not in Plugin.__annotations__:
            member = vars(type(subject.plugin))[name]
            if not inspect.isfunction(member):
                yield Problem(subject.plugin_place, f"{name} is no attribute of weft.Plugin, so nobody reads it: correct its name.")


RULES = (
    Rule("loads", "The package can be imported, and every hook answers with what it promises", _kept_at_start),
    Rule("key", "The key is snake_case, at most 30 characters, and nobody else's", _kept_at_start),
    Rule("version", "The version is one that PEP 440 can order", _kept_at_start),
    Rule("unique", "No name is declared twice, by this plugin or by another", _kept_at_start),
    Rule("words", "The class, its files and the Modules page say in a sentence what the plugin is for", words),
    Rule("requires", "Every plugin it requires is installed, in a range of versions that can be read", requires),
    Rule("only-hooks", "Everything public on the class is a hook or an attribute of weft.Plugin", only_hooks),
)
