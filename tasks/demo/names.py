"""Invented names: companies, people, streets and places that sound Belgian and exist nowhere, under domains reserved for examples."""

import unicodedata
from random import Random

_TRADES = {
    "fr": ("Menuiserie", "Boulangerie", "Imprimerie", "Garage", "Cabinet", "Pharmacie", "Brasserie", "Fiduciaire", "Ateliers", "Clinique",
           "Librairie", "Jardinerie", "Toitures", "Transports", "Verrerie"),
    "nl": ("Drukkerij", "Bakkerij", "Schrijnwerkerij", "Garage", "Apotheek", "Brouwerij", "Tuincentrum", "Boekhouding", "Dakwerken",
           "Transport", "Molens", "Kwekerij", "Smederij", "Studio", "Zorghuis"),
    "en": ("Harbour Freight", "Lantern Studio", "Northgate Legal", "Copper Robotics", "Saltmarsh Foods", "Willow Biotech",
           "Quay Analytics"),
}
_STARTS = {
    "fr": ("Vaumor", "Bressan", "Thiroul", "Ormeaux", "Grivel", "Lonchamp", "Sarvel", "Noirval", "Pestrel", "Cournil", "Haverl", "Maubrec"),
    "nl": ("Zandvoorn", "Kerrebrugg", "Wolvend", "Oosterlind", "Hazeldonk", "Beverzeel", "Molenkwart", "Ravelgem", "Stekelbos",
           "Duivenhoek", "Lisserwal", "Grimbeek"),
    "en": ("Ravenmoor", "Tallowby", "Kestrelm", "Oxbarrow", "Pendrift", "Fernsley", "Wexcombe"),
}
_ENDINGS = {"fr": ("ise", "ette", "ain", "oy", "in", "ier", "elle"), "nl": ("e", "er", "a", "ink", "aert", "inga"), "en": ("e", "a", "on")}
_PARTNERS = ("Telematis Ravel", "Voxenia", "Netrivo", "Kabelwerf Zuid", "Lumicomta", "Datavelo", "Comtessair", "Skyvalk", "Orbiselle",
             "Fonariax", "Trivolink", "Belcantix")
_STREETS = {
    "fr": ("Rue du Moulin Gris", "Avenue des Trois Ormes", "Chaussée de Vaumort", "Place du Vieux Puits", "Rue des Tisserands Bleus"),
    "nl": ("Oude Molenwegel", "Zilverpadstraat", "Kruisvaartlaan", "Hazelaardreef", "Nieuwe Kaaibaan"),
    "en": ("Avenue de l'Horizon Clair", "Sterrenwachtlaan", "Rue de la Sonnette"),
}
_PLACES = {
    "fr": (("1457", "Walhorn-Sart"), ("5081", "Meuvain"), ("4053", "Embrécourt"), ("6224", "Wanfercroix"), ("7063", "Neuvelle-au-Bois")),
    "nl": (("9051", "Sint-Denderbeke"), ("2221", "Booiskerk"), ("3071", "Erpsdonk"), ("8511", "Aalbekerhoek"), ("1745", "Opwijndale")),
    "en": (("1039", "Bruxelles-Haren-Port"), ("1932", "Sint-Steenvliet"), ("1331", "Rosierelle")),
}
ABROAD = {
    "LU": ("Rue de la Fonderie Haute", "L-4399", "Belvalange"), "FR": ("Rue des Filatures", "59199", "Wambrecourt"),
    "CH": ("Seestrasse Ost", "8099", "Uetliwil"),
}
_FIRST_NAMES = ("Lien", "Amélie", "Jonas", "Noor", "Thibault", "Emma", "Wout", "Yasmine", "Lucas", "Elke", "Mehdi", "Sophie", "Bram",
                "Inès", "Pieter", "Chloé", "Stijn", "Fatima", "Hugo", "Marieke")
_SURNAMES = ("Vermorse", "Delcambrel", "Van Zeldoorn", "Harquevaux", "Peetermoer", "Lambriche", "De Wolvelaer", "Bertrame", "Claesbeek",
             "Dumortray", "Janssevoort", "Mathelin", "Goossaert", "Renardel", "Willemskens", "Fontigny")


class Namer:
    """Gives names that do not come back, from one source of chance."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._given: set[str] = set()
        self._partners = list(_PARTNERS)

    def company(self, language: str) -> str:
        """A trade and an invented family or place, as a company of that language would call itself."""
        while True:
            family = self._rng.choice(_STARTS[language]) + self._rng.choice(_ENDINGS[language])
            trade = self._rng.choice(_TRADES[language])
            name = f"{family} {trade}" if language == "en" else f"{trade} {family}"
            if name not in self._given:
                self._given.add(name)
                return name

    def partner(self) -> str:
        """The name of an integrator."""
        return self._partners.pop(self._rng.randrange(len(self._partners))) if self._partners else self.company("en")

    def address(self, language: str, country: str) -> tuple[str, str, str]:
        """Street and number, postal code, city; the city is invented."""
        number = self._rng.randint(1, 240)
        if country in ABROAD:
            street, code, city = ABROAD[country]
            return f"{street} {number}", code, city
        code, city = self._rng.choice(_PLACES[language])
        return f"{self._rng.choice(_STREETS[language])} {number}", code, city

    def person(self) -> str:
        """First name and surname; people may share a name."""
        return f"{self._rng.choice(_FIRST_NAMES)} {self._rng.choice(_SURNAMES)}"


def domain(name: str) -> str:
    """The domain of a company, in the top level reserved for examples: `Boulangerie Grivelin` → `boulangerie-grivelin.example`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join("".join(letter if letter.isalnum() else " " for letter in plain).split()) + ".example"


def belgian_vat(serial: int) -> str:
    """A valid Belgian VAT number of the range 0999, which no enterprise has."""
    base = 9990000 + serial
    return f"BE0{base}{97 - base % 97:02d}"


def luxembourg_vat(serial: int) -> str:
    """A valid Luxembourg VAT number."""
    base = 990000 + serial
    return f"LU{base}{base % 89:02d}"


def french_vat(serial: int) -> str:
    """A valid French VAT number: a SIREN that passes its own check, and the key of it."""
    base = 99900000 + serial
    doubled = [digit if at % 2 else sum(divmod(2 * digit, 10)) for at, digit in enumerate(map(int, reversed(str(base))))]
    siren = base * 10 + -sum(doubled) % 10
    return f"FR{(12 + 3 * (siren % 97)) % 97:02d}{siren}"
