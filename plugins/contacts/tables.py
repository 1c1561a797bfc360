"""What contacts keeps. Kinds are text with CHECKs in the migrations, so that a tenant's schema holds no types of its own."""

from typing import Any

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    Boolean,
    Bytea,
    ForeignKey,
    Integer,
    OnDelete,
    SmallInt,
    Text,
    Timestamptz,
)
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.columns.reference import LazyTableReference
from piccolo.table import Table


class Party(Table, tablename="contacts_party"):
    """An organisation or a person. What its listing shows and finds by is kept in its own row, derived from the rest at every write."""

    id = UUID(primary_key=True, default=None)
    kind = Text()
    name = Text()
    legal_name = Text(default="")
    given_name = Text(default="")
    family_name = Text(default="")
    language = Text(default="")
    notes = Text(default="")
    tags = Array(base_column=Text(), default=list)
    sort_name = Text()  # COLLATE "C": the same order everywhere, whatever the server's locale
    match_key = Text()  # equal for names that differ in word order, legal form or spelling of umlauts only
    search_text = Text()
    email = Text(default="")  # the main one; likewise phone, city and country
    phone = Text(default="")
    city = Text(default="")
    country = Text(default="")
    archived_at = Timestamptz(default=None, null=True)
    merged_into: ForeignKey[Any] = ForeignKey(
        references=LazyTableReference("Party", app_name="contacts"), default=None, null=True, on_delete=OnDelete.restrict
    )
    version = Integer(default=1)
    created_at = Timestamptz(default=TimestamptzNow())
    updated_at = Timestamptz(default=TimestamptzNow())


class ContactPoint(Table, tablename="contacts_point"):
    """An e-mail address, a telephone number (E.164) or a web site; the first of a kind is the main one."""

    id = UUID(primary_key=True, default=None)
    party = ForeignKey(references=Party, null=False, on_delete=OnDelete.cascade)
    kind = Text()
    value = Text()
    label = Text(default="")
    position = SmallInt(default=0)


class PostalAddress(Table, tablename="contacts_address"):
    """A place; the first one is the main one."""

    id = UUID(primary_key=True, default=None)
    party = ForeignKey(references=Party, null=False, on_delete=OnDelete.cascade)
    kind = Text(default="")
    lines = Array(base_column=Text(), default=list)
    postcode = Text(default="")
    city = Text(default="")
    region = Text(default="")
    country = Text(default="")
    position = SmallInt(default=0)


class Identifier(Table, tablename="contacts_identifier"):
    """A number that somebody gave a party. Unique per scheme; `shared` marks one that a person has knowingly given to a second party."""

    id = UUID(primary_key=True, default=None)
    party = ForeignKey(references=Party, null=False, on_delete=OnDelete.cascade)
    scheme = Text()
    value = Text()  # of a sealed kind: its entry in the blind index
    sealed = Bytea(default=None, null=True)
    shared = Boolean(default=False)
    position = SmallInt(default=0)


class Relation(Table, tablename="contacts_relation"):
    """What one party is to another."""

    id = UUID(primary_key=True, default=None)
    kind = Text()
    subject = ForeignKey(references=Party, null=False, on_delete=OnDelete.cascade)
    object = ForeignKey(references=Party, null=False, on_delete=OnDelete.cascade)
    note = Text(default="")
    created_at = Timestamptz(default=TimestamptzNow())


class Attachment(Table, tablename="contacts_attachment"):
    """A file kept with a party; the file itself belongs to the platform, so there is no foreign key to it."""

    id = UUID(primary_key=True, default=None)
    party = ForeignKey(references=Party, null=False, on_delete=OnDelete.cascade)
    file = UUID(default=None)
    name = Text()
    media_type = Text()
    size = Integer()
    note = Text(default="")
    added_by = Text(default="")
    created_at = Timestamptz(default=TimestamptzNow())


class Tag(Table, tablename="contacts_tag"):
    """A tag that is or was in use, for forms and filters to offer."""

    name = Text(primary_key=True, default="")


class Merge(Table, tablename="contacts_merge"):
    """A merge, with both parties as they were before it, so that it can be undone."""

    id = UUID(primary_key=True, default=None)
    kept = ForeignKey(references=Party, null=False, on_delete=OnDelete.cascade)
    merged = ForeignKey(references=Party, null=False, on_delete=OnDelete.cascade)
    kept_version = Integer()  # after the merge; another one means that it was changed since
    before = JSONB()
    merged_at = Timestamptz(default=TimestamptzNow())
    merged_by = Text(default="")
    undone_at = Timestamptz(default=None, null=True)


class Duplicate(Table, tablename="contacts_duplicate"):
    """Two parties that may be one, or that a person has said are not."""

    id = UUID(primary_key=True, default=None)
    first = ForeignKey(references=Party, null=False, on_delete=OnDelete.cascade)
    second = ForeignKey(references=Party, null=False, on_delete=OnDelete.cascade)
    reasons = Array(base_column=Text(), default=list)
    score = SmallInt(default=0)
    dismissed = Boolean(default=False)
    found_at = Timestamptz(default=TimestamptzNow())
