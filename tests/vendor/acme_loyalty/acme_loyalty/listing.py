"""The list of cards."""

from weft import Column, ColumnKind, Listing, Segment

from .permissions import READ
from .records import MEMBER

MEMBERS = Listing(
    name="acme_loyalty.members",
    title="Loyalty cards",
    path="/acme_loyalty",
    source="acme_loyalty_member m",
    id_sql="m.id",
    columns=(
        Column(key="name", title="Name", sql="m.name", sortable=True, sort_sql="lower(m.name)", link=True),
        Column(key="card", title="Card", sql="m.card"),
        Column(key="points", title="Points", sql="m.points", kind=ColumnKind.NUMBER, sortable=True),
        Column(key="since", title="Since", sql="m.created_at", kind=ColumnKind.DATETIME),
    ),
    permission=READ,
    default_sort="name",
    record=MEMBER,
    segments=(Segment("", "All", ""), Segment("with_points", "With points", "m.points > 0")),
    search_sql="(m.name || ' ' || m.card)",
)
