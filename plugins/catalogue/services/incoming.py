"""Products as a file tells of them, before anybody knows whether they are new."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from weft import RowProblem

from ..domain.gtin import Barcode
from ..domain.prices import PriceList
from ..domain.variants import Choices


@dataclass(frozen=True, slots=True)
class IncomingVariant:
    """One variant, from one row. What is empty or None leaves what stands."""

    row: int
    sku: str = ""
    choices: Choices = ()
    barcodes: tuple[Barcode, ...] = ()
    price: Decimal | None = None
    compare_at: Decimal | None = None
    active: bool | None = None
    measures: dict[str, Any] = field(default_factory=dict)  # fields of `Measures`


@dataclass(frozen=True, slots=True)
class Incoming:
    """One product, from one row or several. `facts` are those fields of `Facts` that the file tells; `category` is a path of names."""

    rows: tuple[int, ...]
    facts: dict[str, Any]
    variants: tuple[IncomingVariant, ...]
    category: tuple[str, ...] = ()
    options: tuple[str, ...] = ()  # their names

    @property
    def reference(self) -> str:
        """Its external reference."""
        return str(self.facts.get("external_reference", ""))


@dataclass(frozen=True, slots=True)
class Terms:
    """What is true of a whole import: which list its prices go to and from which day, and by what fields products are recognised."""

    price_list: PriceList
    valid_from: date
    unit: UUID


@dataclass(slots=True)
class Refusals:
    """Why rows are refused, as it is found out."""

    problems: list[RowProblem] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)

    def add(self, row: int, field_name: str, sentence: str, value: str = "") -> None:
        """Refuse a row."""
        self.problems.append(RowProblem(row, field_name, sentence, value[:200]))
        self.rows.add(row)

    def refuse_rest(self, product: Incoming) -> bool:
        """Refuse the other rows of a product that has a wrong one; tells whether it had."""
        wrong = [row for row in product.rows if row in self.rows]
        if not wrong:
            return False
        for row in product.rows:
            if row not in self.rows:
                self.add(row, "", f"Row {wrong[0]} of the same product was refused, so the product was left out.")
        return True
