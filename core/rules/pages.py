"""Rules about templates: a page is a page, a fragment a fragment, and both keep to the policy."""

from collections.abc import Iterator

from jinja2 import TemplateError, nodes

from core.rules.markup import Markup, without_jinja
from core.rules.rule import Problem, Rule
from core.rules.subject import Subject, Template

SHELL = "shell.html"
PUBLIC = "public.html"


def template_names(subject: Subject) -> Iterator[Problem]:
    """Templates lie below the key."""
    for template in subject.templates:
        if not template.name.startswith(f"{subject.key}/"):
            yield Problem(subject.shown(template.path), f"Templates lie in templates/{subject.key}/: nobody finds this one. Move it there.")


def compiles(subject: Subject) -> Iterator[Problem]:
    """Jinja can make each of them."""
    for template in _html(subject):
        if template.problem:
            yield Problem(subject.shown(template.path), f"Jinja cannot read it, {template.problem}")
            continue
        try:
            subject.environment.get_template(template.name)
        except TemplateError as wrong:
            yield Problem(subject.shown(template.path), f"Jinja cannot make it: {type(wrong).__name__}: {wrong}")
        for name in _named(template):
            if not _exists(subject, name):
                yield Problem(subject.shown(template.path), f"It uses the template “{name}”, which is not there.")


def extends_shell(subject: Subject) -> Iterator[Problem]:
    """A page stands in the shell; a piece of one does not."""
    for template in _html(subject):
        if template.tree is None:
            continue
        above = _above(subject, template.tree)
        if template.is_fragment and above:
            yield Problem(
                subject.shown(template.path),
                f"It is a piece of a page by its name’s underscore, and it extends {above[0]}: name it without, or extend nothing.",
            )
        if not template.is_fragment and SHELL not in above and PUBLIC not in above:
            yield Problem(
                subject.shown(template.path),
                "It is a page and does not stand in the shell: begin with {% extends “shell.html” %} or “listing.html”, "
                "or with “public.html” what is shown to those who are not signed in; "
                "a piece of a page is named with an underscore in front.",
            )
        if template.is_fragment and {"html", "body", "head"} & Markup.read(without_jinja(template.text)).names:
            yield Problem(subject.shown(template.path), "It is a piece of a page, and has <html>, <head> or <body> in it: take them out.")


def policy(subject: Subject) -> Iterator[Problem]:
    """Nothing in a template is what browsers will refuse."""
    for template in _html(subject):
        for line, sentence in Markup.read(without_jinja(template.text)).offences:
            yield Problem(f"{subject.shown(template.path)}:{line}", f"It has {sentence}")


def without_script(subject: Subject) -> Iterator[Problem]:
    """What HTMX does, a browser alone does too."""
    for template in _html(subject):
        for line, sentence in Markup.read(without_jinja(template.text)).dead:
            yield Problem(f"{subject.shown(template.path)}:{line}", sentence)


def unescaped(subject: Subject) -> Iterator[Problem]:
    """What people typed is never taken for HTML."""
    for template in _html(subject):
        for filter_ in template.tree.find_all(nodes.Filter) if template.tree else ():
            if filter_.name == "safe":
                yield Problem(
                    f"{subject.shown(template.path)}:{filter_.lineno}",
                    "The filter “safe” lets through what somebody typed: pass Markup from where the HTML is made, or leave it out.",
                )


def _html(subject: Subject) -> Iterator[Template]:
    return (template for template in subject.templates if template.path.suffix in (".html", ".jinja", ".htm"))


def _named(template: Template) -> Iterator[str]:
    assert template.tree is not None
    for node in template.tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        name = getattr(node, "template", None)
        if isinstance(name, nodes.Const) and isinstance(name.value, str) and not getattr(node, "ignore_missing", False):
            yield name.value


def _exists(subject: Subject, name: str) -> bool:
    loader = subject.environment.loader
    try:
        return loader is not None and bool(loader.get_source(subject.environment, name))
    except TemplateError:
        return False


def _above(subject: Subject, tree: nodes.Template) -> list[str]:
    """Return the names of the templates that one extends, the nearest first."""
    found: list[str] = []
    current: nodes.Template | None = tree
    while current is not None:
        extends = next(current.find_all(nodes.Extends), None)
        if extends is None or not isinstance(extends.template, nodes.Const):
            return found
        name = str(extends.template.value)
        if name in found or not _exists(subject, name):
            return [*found, name]
        found.append(name)
        loader = subject.environment.loader
        assert loader is not None
        current = subject.environment.parse(loader.get_source(subject.environment, name)[0])
    return found


RULES = (
    Rule("template-names", "Templates lie in templates/<key>/", template_names),
    Rule("templates", "Every template compiles, and finds those that it uses", compiles),
    Rule("pages", "A page extends the shell; a fragment, whose name begins with an underscore, does not", extends_shell),
    Rule("policy", "No template has inline scripts, handlers or styles, or loads anything from elsewhere", policy),
    Rule("without-script", "Whatever HTMX does works without it: links have addresses, forms can be sent", without_script),
    Rule("escaped", "No template lets text through unescaped", unescaped),
)
