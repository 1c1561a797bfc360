"""The plugin keeps the rules of the house; `weft plugin check` says the same on a command line."""

from weft.testing import KeepsTheRules


async def test_it_keeps_the_rules(assert_plugin_keeps_the_rules: KeepsTheRules) -> None:
    await assert_plugin_keeps_the_rules("accounting")
