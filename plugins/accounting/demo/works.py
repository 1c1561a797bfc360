"""The books of Fenwick Instruments, a manufacturer in Berlin (SKR 04, Umsatzsteuer)."""

from weft import Tenant

from . import quiet
from .quiet import Pay, Purchase, Sale, Story

FENWICK = Story(
    chart="de",
    bank="1800",
    name="Spreebank, Geschäftskonto",
    number="DE02120300000000202051",
    bic="BYLADEM1001",
    opening={"0300": "182000.00", "0400": "24600.00", "1000": "64200.00", "1100": "38900.00", "1800": "71240.18", "3100": "-120000.00"},
    rest="2000",
    sales=(
        Sale("Hofmann Labortechnik GmbH", 4, "Lichtmessgerät FI-200", 13, "1280.00", "de_u_19"),
        Sale("Institut für Werkstoffprüfung Jena", 8, "Kalibrierung mit Protokoll", 16, "340.00", "de_u_19", every=2),
        Sale("Nordlicht Sensorik AG", 11, "Sensorkopf FI-20", 48, "186.00", "de_u_19", late=9),
        Sale("Optik Reuter OHG", 15, "Netzteil und Gehäuse", 24, "92.00", "de_u_19", every=3, turn=1, late=400),
        Sale("Van Aalst Instrumenten BV", 18, "Lichtmessgerät FI-200", 5, "1310.00", "de_u_igl", account="4020", late=5),
        Sale("Alpenmess Vertriebs GmbH", 21, "Lichtmessgerät FI-80", 11, "690.00", "de_u_igl", account="4020", every=2, turn=1),
    ),
    purchases=(
        Purchase("Platinenwerk Ulmer", 3, "Bestückte Platinen", "7600", "de_v_19", "5100"),
        Purchase("Gehäusetechnik Wolter", 9, "Gehäuse, eloxiert", "3150", "de_v_19", "5100"),
        Purchase("Sächsische Feindreherei", 12, "Drehteile", "2240", "de_v_19", "5100", every=2),
        Purchase("Brennecke Metallbau", 1, "Miete der Halle", "3400", "de_v_19", "6310"),
        Purchase("Kurier & Fracht Lindner", 26, "Frachten", "610", "de_v_19", "6700"),
    ),
    pay=Pay("11800", "0.33", "0.21", "6000", "6100", "3620", "Krankenkasse und Finanzamt"),
    words=("Löhne und Gehälter", "Abschreibungen"),
    depreciation=("6200", "0300", "1900.00"),
    tax=("3800", "1400", "3830", "Umsatzsteuer-Voranmeldung"),
    season=("0.9", "0.95", "1.05", "1", "1", "1.05", "0.9", "0.8", "1.1", "1.1", "1.15", "0.85"),
)


async def make(tenant: Tenant) -> None:
    """Make the books."""
    await quiet.make(tenant, FENWICK)
