"""What the invented operator sells: products in three languages, list prices with their versions, contents of packs."""

from datetime import date, timedelta
from decimal import Decimal

from tasks.demo.months import Calendar
from tasks.demo.records import Pack, Price, Product

SINCE = date(2024, 1, 1)
ANNOUNCED = date(2023, 11, 1)
NOTICE_GIVEN_DAYS = 20  # GC-5.6 asks for 30

BT, SIP, WM, TLX = "business_telephony", "sip_trunking", "web_meeting", "telavox"

# product, kind, timing, French, Dutch, English, list price ("" = none: usage is priced by the rate deck)
_BUSINESS_TELEPHONY = (
    ("bt-user", "user", "advance", "Utilisateur Business Telephony", "Gebruiker Business Telephony", "Business Telephony user", "9.50"),
    ("bt-channel", "channel", "advance", "Canal simultané", "Gelijktijdig kanaal", "Concurrent channel", "4.00"),
    ("bt-number", "national_number", "advance", "Numéro national", "Nationaal nummer", "National number", "1.00"),
    ("bt-number-int", "international_number", "advance", "Numéro international", "Internationaal nummer", "International number", "6.50"),
    ("bt-pack-belgium", "pack", "advance", "Pack Belgique", "Pack België", "Belgium pack", "4.90"),
    ("bt-pack-europe", "pack", "advance", "Pack Europe", "Pack Europa", "Europe pack", "8.90"),
    ("bt-recording", "licence", "advance", "Licence enregistrement", "Licentie gespreksopname", "Call recording licence", "3.75"),
    ("bt-reception", "licence", "advance", "Licence poste opérateur", "Licentie receptiepost", "Attendant console licence", "14.00"),
    ("bt-phone", "hardware", "at_order", "Téléphone de bureau D40", "Bureautelefoon D40", "Desk phone D40", "89.00"),
    ("bt-headset", "hardware", "at_order", "Casque sans fil H2", "Draadloze headset H2", "Wireless headset H2", "119.00"),
    ("bt-activation", "activation", "at_order", "Frais d'activation", "Activeringskosten", "Activation fee", "49.00"),
    ("bt-installation", "installation", "at_order", "Installation sur site", "Installatie ter plaatse", "On-site installation", "350.00"),
    ("bt-porting-out", "porting_out", "at_order", "Portage sortant d'un numéro", "Uitgaande nummeroverdracht", "Porting out", "25.00"),
    ("bt-traffic", "usage", "arrears", "Trafic hors packs", "Verkeer buiten pack", "Out-of-pack traffic", ""),
)
_SIP_TRUNKING = (
    ("sip-channel", "channel", "advance", "Canal SIP", "SIP-kanaal", "SIP channel", "7.50"),
    ("sip-number", "national_number", "advance", "Numéro national SIP", "Nationaal SIP-nummer", "National SIP number", "0.80"),
    ("sip-number-int", "international_number", "advance", "Numéro international SIP", "Internationaal SIP-nummer",
     "International SIP number",
     "5.50"),
    ("sip-pack-belgium", "pack", "advance", "Pack SIP Belgique", "SIP-pack België", "SIP Belgium pack", "15.00"),
    ("sip-activation", "activation", "at_order", "Activation SIP Trunk", "Activering SIP Trunk", "SIP trunk activation", "99.00"),
    ("sip-porting-out", "porting_out", "at_order", "Portage sortant d'un numéro SIP", "Uitgaande overdracht SIP-nummer", "SIP porting out",
     "25.00"),
    ("sip-traffic", "usage", "arrears", "Trafic SIP hors packs", "SIP-verkeer buiten pack", "Out-of-pack SIP traffic", ""),
)
_WEB_MEETING = (
    ("wm-host", "licence", "at_order", "Licence hôte Web Meeting", "Licentie host Web Meeting", "Web Meeting host licence", "12.50"),
    ("wm-camera", "hardware", "at_order", "Caméra de salle R1", "Zaalcamera R1", "Room camera R1", "590.00"),
)
_TELAVOX = (
    ("tlx-user", "user", "arrears", "Utilisateur Telavox", "Gebruiker Telavox", "Telavox user", "16.00"),
    ("tlx-mobile", "user", "arrears", "Utilisateur mobile Telavox", "Mobiele gebruiker Telavox", "Telavox mobile user", "12.00"),
    ("tlx-bundle-s", "pack", "arrears", "Forfait mobile S", "Mobiele bundel S", "Mobile bundle S", "5.00"),
    ("tlx-bundle-l", "pack", "arrears", "Forfait mobile L", "Mobiele bundel L", "Mobile bundle L", "14.00"),
    ("tlx-contact-centre", "licence", "arrears", "Licence centre de contact", "Licentie contactcenter", "Contact centre licence", "39.00"),
    ("tlx-support", "licence", "advance", "Support prioritaire Telavox", "Prioritaire ondersteuning Telavox", "Telavox priority support",
     "19.00"),
    ("tlx-number", "national_number", "arrears", "Numéro national Telavox", "Nationaal nummer Telavox", "Telavox national number", "1.25"),
    ("tlx-traffic", "usage", "arrears", "Trafic Telavox hors forfait", "Telavox-verkeer buiten bundel", "Out-of-bundle Telavox traffic",
     ""),
)
_SERVICES = ((BT, _BUSINESS_TELEPHONY), (SIP, _SIP_TRUNKING), (WM, _WEB_MEETING), (TLX, _TELAVOX))
_ACCOUNTS = {BT: "700100", SIP: "700200", WM: "700300", TLX: "700400"}
_ONE_OFF_ACCOUNT = "701000"
_ONE_OFF_KINDS = {"hardware", "activation", "installation", "porting_out"}

# pack, destination group, minutes, MB; per unit and month
_PACKS = (
    ("bt-pack-belgium", "belgium_fixed", 90, None), ("bt-pack-belgium", "belgium_mobile", 60, None),
    ("bt-pack-europe", "eu_fixed", 60, None), ("bt-pack-europe", "eu_mobile", 20, None),
    ("sip-pack-belgium", "belgium_fixed", 600, None), ("sip-pack-belgium", "belgium_mobile", 200, None),
    ("tlx-bundle-s", "belgium_fixed", 60, None), ("tlx-bundle-s", "belgium_mobile", 60, None), ("tlx-bundle-s", "data", None, 2_000),
    ("tlx-bundle-l", "belgium_fixed", 1_000, None), ("tlx-bundle-l", "belgium_mobile", 1_000, None), ("tlx-bundle-l", "eu_mobile", 120,
        None),
    ("tlx-bundle-l", "data", None, 20_000),
)


def products() -> tuple[Product, ...]:
    """Every product of the four services."""
    return tuple(
        Product(product, service, kind, timing, fr, nl, en, _ONE_OFF_ACCOUNT if kind in _ONE_OFF_KINDS else _ACCOUNTS[service])
        for service, rows in _SERVICES for product, kind, timing, fr, nl, en, _ in rows
    )


def prices(calendar: Calendar) -> tuple[Price, ...]:
    """The list prices: one version of each, a rise in the middle month, and a Telavox rise told too late to apply on its day (GC-5.6)."""
    listed = [Price(row[0], SINCE, Decimal(row[-1]), ANNOUNCED) for _, rows in _SERVICES for row in rows if row[-1]]
    middle, last = calendar.in_middle_month(1), calendar.in_last_month(1)
    told = middle - timedelta(days=31)
    return (
        *listed,
        Price("bt-user", middle, Decimal("9.90"), told),
        Price("sip-channel", middle, Decimal("7.80"), told),
        Price("tlx-contact-centre", middle, Decimal("41.00"), middle - timedelta(days=45)),
        Price("tlx-user", last, Decimal("16.80"), last - timedelta(days=NOTICE_GIVEN_DAYS)),
    )


def packs(calendar: Calendar) -> tuple[Pack, ...]:
    """The contents of the packs; the Europe pack gets more mobile minutes from the last month on (BT-2.d)."""
    contents = [Pack(product, SINCE, group, minutes, megabytes) for product, group, minutes, megabytes in _PACKS]
    return (*contents, Pack("bt-pack-europe", calendar.in_last_month(1), "eu_mobile", 30, None))
