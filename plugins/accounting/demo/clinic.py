"""The books of Elm Street Clinic in Albany: what its payers send, and what it costs to be open."""

from weft import Tenant

from . import quiet
from .quiet import Pay, Purchase, Sale, Story

CARE, EXEMPT = "40200", "ny_exempt"
ELM_STREET = Story(
    chart="us",
    bank="10110",
    name="Hudson First Bank, checking",
    number="0210000284417",
    bic="",
    opening={
        "15500": "42500.00",
        "15600": "18200.00",
        "15900": "-21700.00",
        "10110": "48930.42",
        "10120": "25000.00",
        "27000": "-36000.00",
    },
    rest="31000",
    sales=(
        Sale("Acme Health Plan", 5, "Office visits of the month", 148, "112.00", EXEMPT, CARE, late=4),
        Sale("Bluebird Mutual", 7, "Office visits of the month", 96, "124.00", EXEMPT, CARE, late=9),
        Sale("Federal Senior Plan", 10, "Office visits of the month", 118, "96.00", EXEMPT, CARE, late=6),
        Sale("Lark Street Physical Therapy", 14, "Room rented by the day", 8, "140.00", EXEMPT, CARE),
        Sale("Capital Orthopedics", 20, "X-ray readings", 31, "38.00", EXEMPT, CARE, every=2, late=400),
    ),
    purchases=(
        Purchase("Mohawk Reference Laboratory", 6, "Laboratory tests", "3900", "", "50500"),
        Purchase("Adirondack Medical Supply", 9, "Medical supplies", "2450", "", "50200"),
        Purchase("Capital Linen Service", 12, "Linen", "480", "", "61200"),
        Purchase("Elm Street Properties", 1, "Rent", "4200", "", "61000"),
        Purchase("Northway Imaging Center", 19, "Imaging", "1380", "", "50500", every=2),
        Purchase("Empire Power & Gas", 16, "Electricity and gas", "610", "", "61100"),
    ),
    pay=Pay("18600", "0.24", "0.0865", "60100", "60200", "23200", "Payroll taxes"),
    depreciation=("67000", "15900", "520.00"),
    season=("1.08", "1.04", "1.05", "1", "0.98", "0.95", "0.9", "0.9", "1", "1.04", "1.05", "0.96"),
)


async def make(tenant: Tenant) -> None:
    """Make the books."""
    await quiet.make(tenant, ELM_STREET)
