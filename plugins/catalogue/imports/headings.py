"""What the columns of product files are called in several languages and programs."""

ALIASES: dict[str, tuple[str, ...]] = {
    "name": (
        *("product name", "product_name", "title", "item", "item name", "article", "designation", "product"),
        *("bezeichnung", "artikelbezeichnung", "artikelname", "produktname"),
        *("nom", "nom du produit", "libellé", "désignation"),
        *("nombre", "nombre del producto", "artículo", "omschrijving", "productnaam", "naam", "nome", "nazwa"),
    ),
    "sku": (
        *("item number", "item no", "item code", "article number", "product code", "stock code", "part number", "mpn"),
        *("artikelnummer", "artikel-nr", "artikelnr", "art.-nr.", "référence", "réf", "code article"),
        *("código", "código de artículo", "artikelcode", "codice articolo"),
    ),
    "barcode": (
        *("ean", "ean13", "ean-13", "ean code", "gtin", "gtin-13", "gtin14", "upc", "upc-a", "isbn", "jan", "code", "barcodes", "bar code"),
        *("strichcode", "code-barres", "code barre", "código de barras", "streepjescode", "codice a barre", "kod kreskowy"),
    ),
    "category": (
        *("categories", "product category", "product type", "department", "category path", "pnns_groups_1"),
        *("warengruppe", "kategorie", "catégorie", "rayon", "famille", "categoría", "familia", "categorie", "categoria"),
    ),
    "unit": (
        *("uom", "unit of measure", "sales unit", "unit of measurement"),
        *("einheit", "mengeneinheit", "unité", "unidad", "eenheid", "unità"),
    ),
    "price": (
        *("sales price", "selling price", "unit price", "retail price", "list price"),
        *("preis", "verkaufspreis", "vk", "prix", "prix de vente", "precio", "precio de venta", "prijs", "verkoopprijs", "prezzo"),
    ),
    "currency": ("currency code", "währung", "devise", "moneda", "valuta"),
    "compare_at": ("compare at price", "rrp", "msrp", "recommended price", "uvp", "prix barré", "pvpr", "adviesprijs"),
    "brand": ("brands", "brand name", "manufacturer", "marke", "hersteller", "marque", "fabricant", "marca", "merk"),
    "supplier": ("vendor", "supplier name", "lieferant", "fournisseur", "proveedor", "leverancier", "fornitore"),
    "description": (
        *("long description", "product description", "text", "generic_name", "notes"),
        *("beschreibung", "langtext", "description longue", "descripción", "beschrijving", "descrizione"),
    ),
    "tags": ("labels", "keywords", "schlagworte", "schlagwörter", "étiquettes", "mots-clés", "etiquetas", "trefwoorden"),
    "weight": ("net weight", "gross weight", "gewicht", "poids", "peso", "quantity per unit"),
    "weight_unit": ("weight uom", "gewichtseinheit", "unité de poids", "unidad de peso"),
    "length": ("länge", "longueur", "largo", "lengte", "depth"),
    "width": ("breite", "largeur", "ancho", "breedte"),
    "height": ("höhe", "hauteur", "alto", "hoogte"),
    "size_unit": ("dimension unit", "unit of length", "maßeinheit"),
    "country": ("origin", "country_of_origin", "made in", "ursprungsland", "herkunftsland", "pays d'origine", "país de origen"),
    "hs_code": ("hs", "customs tariff number", "commodity code", "taric", "zolltarifnummer", "code douanier", "código arancelario"),
    "tax_category": ("tax", "tax class", "vat", "vat class", "steuerklasse", "mwst", "tva", "iva", "btw"),
    "status": ("state", "zustand", "statut", "estado"),
    "external_reference": ("external id", "external ref", "reference", "id", "legacy id", "fremdschlüssel", "referencia", "handle"),
    "options": ("option names", "attributes"),
    "choices": ("option values", "variant", "variante", "variant options"),
    "group": ("parent", "parent id", "product id", "product_id", "group id"),
}
