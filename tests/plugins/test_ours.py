"""Every plugin that comes with Weft keeps every rule."""

from importlib.metadata import entry_points

import pytest

from core.rules.check import RULES, TRIAL_RULES
from infra.laboratory.trials import check_here
from infra.testing import Installation

OURS = sorted({each.name for each in entry_points(group="weft.plugins") if each.dist and each.dist.name == "weft"})


def test_plugins_come_with_weft() -> None:
    assert {"contacts", "catalogue", "accounting"} <= set(OURS)


@pytest.mark.parametrize("key", OURS)
async def test_a_plugin_of_ours_keeps_every_rule(key: str, installation: Installation) -> None:
    [report] = await check_here(installation, [key])
    assert report.ok, f"\n{report}"
    assert len(report.kept) == len(RULES) + len(TRIAL_RULES)
    assert not report.skipped
