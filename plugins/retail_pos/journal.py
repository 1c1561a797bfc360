"""The journal of technical events as a list."""

from collections.abc import Sequence

from weft import Choice, Column, ColumnKind, Listing, Tenant

from .permissions import READ
from .services.setup import all_tills

KINDS = (
    Choice("started", "Till taken over by a tab", "info"),
    Choice("signed_in", "Signed in", "neutral"),
    Choice("signed_out", "Signed out", "neutral"),
    Choice("no_sale", "Drawer opened without a sale", "warn"),
    Choice("printed", "Copy printed", "neutral"),
    Choice("abandoned", "Basket thrown away", "warn"),
    Choice("line_removed", "Line removed", "warn"),
    Choice("override", "Let pass by a manager", "warn"),
    Choice("offline", "Connection lost", "neutral"),
    Choice("online", "Connection back", "neutral"),
    Choice("training_on", "Training begun", "info"),
    Choice("training_off", "Training ended", "info"),
)


async def till_options(tenant: Tenant) -> Sequence[Choice]:
    """Return the tills."""
    return [Choice(each.code, f"{each.code} {each.title}", "") for each in await all_tills(tenant)]


JOURNAL = Listing(
    name="retail_pos.events",
    title="Technical events",
    path="/retail_pos/fiscal/journal",
    source="retail_pos_till_event e JOIN retail_pos_till t ON t.id = e.till LEFT JOIN retail_pos_operator o ON o.id = e.operator "
    "LEFT JOIN retail_pos_operator b ON b.id = e.by",
    id_sql="e.id",
    columns=(
        Column(key="at", title="At", sql="e.made_at", kind=ColumnKind.DATETIME, sortable=True),
        Column(key="till", title="Till", sql="t.code", kind=ColumnKind.CHOICE, options=till_options),
        Column(key="what", title="What", sql="e.kind", kind=ColumnKind.CHOICE, choices=KINDS),
        Column(key="about", title="About", sql="e.about", filterable=False),
        Column(key="operator", title="Operator", sql="coalesce(o.name, '')", filterable=False),
        Column(key="by", title="Let pass by", sql="coalesce(b.name, '')", filterable=False),
    ),
    permission=READ,
    default_sort="-at",
)
