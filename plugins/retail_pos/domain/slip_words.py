"""What receipts say, in the languages that businesses print them in."""

from collections.abc import Mapping

_KEYS = (
    "return", "void", "training", "copy", "number", "date", "till", "operator", "customer", "total", "rounding", "change", "given",
    "tax", "net", "gross", "discount", "points_earned", "points_spent", "points_back", "items", "returned_from", "not_a_receipt",
    "included", "excluded", "tax_number", "look", "price_was",
    "cash", "card", "gift_card", "store_credit", "loyalty", "subject", "letter", "thanks", "back",
)  # fmt: skip


def _words(told: str) -> Mapping[str, str]:
    """Return words by key; they are told in the order of the keys, separated by bars."""
    found = [each.strip() for each in told.split("|")]
    return dict(zip(_KEYS, found, strict=True))


WORDS: Mapping[str, Mapping[str, str]] = {
    "en": _words(
        "RETURN | VOIDED | TRAINING | COPY {number} | Receipt | Date | Till | Served by | Customer | Total | Rounding | Change | Given |"
        "Tax | Net | Gross | Discount | Points earned | Points used | Points taken back | Items | Returned from {reference} |"
        "This is not a receipt | Prices include tax | Prices without tax | Tax number | Your receipt on the web | Price was {price} |"
        "Cash | Card | Gift card | Store credit | Points | Your receipt {reference} from {shop} |"
        "Thank you for your purchase at {shop}. Your receipt {reference} over {total} is attached. | Thank you | Given back"
    ),
    "fr": _words(
        "RETOUR | ANNULATION | FORMATION | DUPLICATA {number} | Ticket | Date | Caisse | Servi par | Client | Total TTC | Arrondi |"
        "Rendu | Reçu |"
        "TVA | HT | TTC | Remise | Points gagnés | Points utilisés | Points repris | Articles | Retour du ticket {reference} |"
        "Ceci n’est pas un ticket de caisse | Prix TTC | Prix HT | N° TVA | Votre ticket en ligne | Prix initial {price} |"
        "Espèces | Carte | Carte cadeau | Avoir | Points | Votre ticket {reference} de {shop} |"
        "Merci de votre achat chez {shop}. Votre ticket {reference} de {total} est joint. | Merci de votre visite | Remboursé"
    ),
    "de": _words(
        "RETOURE | STORNO | TRAINING | KOPIE {number} | Beleg | Datum | Kasse | Es bediente Sie | Kunde | Summe | Rundung | Rückgeld |"
        "Gegeben |"
        "MwSt. | Netto | Brutto | Rabatt | Punkte gesammelt | Punkte eingelöst | Punkte zurückgenommen | Artikel |"
        "Rückgabe zu {reference} |"
        "Dies ist kein Beleg | Preise inkl. MwSt. | Preise ohne MwSt. | USt-IdNr. | Ihr Beleg im Netz | Preis war {price} |"
        "Bar | Karte | Geschenkkarte | Guthaben | Punkte | Ihr Beleg {reference} von {shop} |"
        "Vielen Dank für Ihren Einkauf bei {shop}. Ihr Beleg {reference} über {total} liegt bei. | Vielen Dank | Erstattet"
    ),
    "es": _words(
        "DEVOLUCIÓN | ANULACIÓN | FORMACIÓN | COPIA {number} | Ticket | Fecha | Caja | Le atendió | Cliente | Total | Redondeo |"
        "Cambio | Entregado |"
        "IVA | Base | Total | Descuento | Puntos ganados | Puntos usados | Puntos retirados | Artículos | Devolución de {reference} |"
        "Esto no es un ticket | IVA incluido | IVA no incluido | NIF | Su ticket en la web | Precio anterior {price} |"
        "Efectivo | Tarjeta | Tarjeta regalo | Vale | Puntos | Su ticket {reference} de {shop} |"
        "Gracias por su compra en {shop}. Adjuntamos su ticket {reference} de {total}. | Gracias por su visita | Devuelto"
    ),
    "it": _words(
        "RESO | ANNULLO | FORMAZIONE | COPIA {number} | Scontrino | Data | Cassa | Servito da | Cliente | Totale | Arrotondamento |"
        "Resto | Contanti |"
        "IVA | Imponibile | Lordo | Sconto | Punti ottenuti | Punti usati | Punti stornati | Articoli | Reso da {reference} |"
        "Questo non è uno scontrino | IVA inclusa | IVA esclusa | P. IVA | Il suo scontrino sul web | Prezzo prima {price} |"
        "Contanti | Carta | Carta regalo | Buono | Punti | Il suo scontrino {reference} di {shop} |"
        "Grazie per il suo acquisto da {shop}. In allegato lo scontrino {reference} di {total}. | Grazie | Rimborsato"
    ),
    "nl": _words(
        "RETOUR | GEANNULEERD | TRAINING | KOPIE {number} | Bon | Datum | Kassa | Geholpen door | Klant | Totaal | Afronding |"
        "Wisselgeld | Ontvangen |"
        "Btw | Netto | Bruto | Korting | Punten verdiend | Punten gebruikt | Punten teruggenomen | Artikelen | Retour van {reference} |"
        "Dit is geen bon | Prijzen incl. btw | Prijzen excl. btw | Btw-nummer | Uw bon op het web | Prijs was {price} |"
        "Contant | Kaart | Cadeaukaart | Tegoed | Punten | Uw bon {reference} van {shop} |"
        "Bedankt voor uw aankoop bij {shop}. Uw bon {reference} van {total} vindt u in de bijlage. | Bedankt | Terugbetaald"
    ),
}


def words_for(language: str) -> Mapping[str, str]:
    """Return the words in a language, told as ``fr`` or ``fr_BE``, or in English."""
    return WORDS.get(language.replace("-", "_").partition("_")[0].lower(), WORDS["en"])
