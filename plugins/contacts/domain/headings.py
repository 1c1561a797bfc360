"""Other headings that columns of a file go by: in English, German, French, Spanish and Dutch, and in what common programs write."""

from collections.abc import Mapping

_TEXT = """
reference: Customer number | Customer no | Account number | External reference | External id | ID | Code | Number | Client id | Patient
    id | patient_id | payer_id | Kundennummer | Kunden-Nr. | Lieferantennummer | Numéro client | N° client | Code client | Número de
    cliente | Código | Klantnummer | Relatienummer | Debiteurnummer
name: Company | Company name | Organisation name | Organization | Full name | Display name | Customer | Supplier | Payer | Business name
    | Nom | Nombre | Firma | Firmenname | Kunde | Lieferant | Nom complet | Raison sociale | Société | Entreprise | Nombre completo |
    Razón social | Empresa | Naam | Bedrijf | Bedrijfsnaam | Relatie
kind: Type | Contact type | Party type | Art | Typ | Kontaktart | Genre | Type de contact | Tipo | Soort
given_name: First | First name | Given name | Forename | first_name | Vorname | Prénom | Nombre de pila | Voornaam
family_name: Last | Last name | Surname | Family name | last_name | Nachname | Familienname | Nom de famille | Apellido | Apellidos |
    Achternaam
legal_name: Legal name | Registered name | Juristischer Name | Nom légal | Nombre legal | Statutaire naam
email: E-mail | Email address | E-mail address | Mail | E-Mail-Adresse | Adresse e-mail | Courriel | Correo electrónico | Correo |
    E-mailadres
phone: Telephone | Phone number | Tel | Tel. | Work phone | Telefon | Telefonnummer | Téléphone | Teléfono | Telefoon | Telefoonnummer
mobile: Mobile phone | Cell | Cell phone | Handy | Mobil | Mobiltelefon | Portable | Móvil | Mobiel
fax: Fax number | Telefax | Faxnummer | Télécopie
website: Web site | Web | URL | Homepage | Webseite | Internet | Site web | Site internet | Sitio web | Página web
street: Address | Address 1 | Address line 1 | Street address | address1 | Straße | Strasse | Anschrift | Adresse | Rue | Dirección |
    Calle | Domicilio | Straat | Adres
street_2: Address 2 | Address line 2 | address2 | Adresszusatz | Complément d'adresse | Dirección 2 | Adresregel 2
postcode: Postal code | Zip | Zip code | PLZ | Postleitzahl | Code postal | CP | Código postal
city: Town | Locality | Stadt | Ort | Ville | Ciudad | Población | Localidad | Plaats | Woonplaats | Stad
region: State | Province | County | State/Province | Bundesland | Kanton | Région | Département | Provincia | Estado | Provincie
country: Country code | Nation | Land | Pays | País
vat: VAT | VAT no | VAT id | VAT registration number | Tax number | USt-IdNr. | USt-ID | UID | Umsatzsteuer-ID | TVA | N° TVA | Numéro
    de TVA | NIF | CIF | NIF/CIF | Número de IVA | Btw-nummer | Btw nr
iban: Bank account | Account (IBAN) | Bankverbindung | Compte bancaire | Cuenta bancaria | Bankrekening | Rekeningnummer
gln: Global location number | ILN
lei: Legal entity identifier
duns: D-U-N-S | DUNS number
npi: National provider identifier | Provider NPI
ein: Employer identification number | Federal tax id | FEIN
siret: N° SIRET | Numéro SIRET
abn: Australian business number
tags: Tag | Labels | Categories | Category | Groups | Group Membership | Schlagworte | Kategorien | Étiquettes | Catégories | Etiquetas
    | Categorías | Labels/tags | Categorieën
language: Locale | Preferred language | Sprache | Langue | Idioma | Taal
organisation: Works for | Employer | Organization name | Organisation/Firma | Employeur | Empleador | Werkgever
job_title: Job title | Position | Title | Funktion | Fonction | Poste | Cargo | Puesto | Functie
notes: Note | Comment | Comments | Remarks | Notizen | Bemerkung | Bemerkungen | Remarques | Commentaires | Notas | Observaciones |
    Notities | Opmerkingen
"""


def _read(text: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in text.replace("\n    ", " ").strip().splitlines():
        field, _, headings = line.partition(": ")
        found[field] = tuple(heading.strip() for heading in headings.split("|"))
    return found


HEADINGS = _read(_TEXT)
