"""The invented companies, sources and people of the scripted day."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Company:
    """Be an invented company; `weight` is how often it is in the news."""

    id: str
    name: str
    ticker: str
    sector: str
    product: str
    weight: float = 1.0


COMPANIES: tuple[Company, ...] = (
    Company("demo:harbourline", "Harbourline Shipping", "HBLX", "transport", "container services", 1.5),
    Company("demo:quillon", "Quillon Foods", "QLNF", "consumer", "frozen meals", 1.2),
    Company("demo:verdane", "Verdane Energy", "VRDX", "energy", "offshore wind parks", 2.0),
    Company("demo:corvane", "Corvane Payments", "CRVP", "finance", "card terminals"),
    Company("demo:tessaly", "Tessaly Motors", "TSLY", "vehicles", "electric vans"),
    Company("demo:lumenor", "Lumenor Semiconductors", "LMNR", "technology", "memory controllers", 2.2),
    Company("demo:aldercrest", "Aldercrest Bank", "ALCB", "finance", "mortgages", 1.8),
    Company("demo:brindleway", "Brindleway Retail", "BRDW", "consumer", "discount stores", 1.4),
    Company("demo:castellane", "Castellane Pharma", "CSTP", "health", "asthma inhalers", 1.6),
    Company("demo:dunmarrow", "Dunmarrow Mining", "DNMR", "materials", "copper concentrate", 1.1),
    Company("demo:elvaron", "Elvaron Software", "ELVN", "technology", "payroll software", 2.0),
    Company("demo:fernhollow", "Fernhollow Insurance", "FRNH", "finance", "crop cover", 0.9),
    Company("demo:glaswick", "Glaswick Chemicals", "GLSW", "materials", "coatings", 0.8),
    Company("demo:hexmoor", "Hexmoor Aerospace", "HXMR", "industry", "regional jets", 1.5),
    Company("demo:ivoryton", "Ivoryton Media", "IVRY", "media", "streaming channels", 1.2),
    Company("demo:junopeak", "Junopeak Robotics", "JNPK", "technology", "warehouse robots", 1.3),
    Company("demo:kestrelle", "Kestrelle Airlines", "KSTA", "transport", "regional flights", 1.3),
    Company("demo:lowfell", "Lowfell Utilities", "LWFL", "energy", "water networks", 0.7),
    Company("demo:marrowby", "Marrowby Steel", "MRWB", "materials", "rolled steel", 1.0),
    Company("demo:nettlecombe", "Nettlecombe Hotels", "NTLC", "consumer", "city hotels", 0.9),
    Company("demo:orsino", "Orsino Biotech", "ORSB", "health", "cell therapies", 1.1),
    Company("demo:pellworth", "Pellworth Telecom", "PLWT", "technology", "fibre lines", 1.2),
    Company("demo:quarrybank", "Quarrybank Homes", "QRBK", "property", "family houses", 0.8),
    Company("demo:rosedene", "Rosedene Cosmetics", "RSDN", "consumer", "skin creams", 0.8),
    Company("demo:stonegrove", "Stonegrove Logistics", "STGV", "transport", "parcel depots", 1.0),
)

SOURCES: tuple[tuple[str, str], ...] = (
    ("Meridian Wire", "meridianwire.example"),
    ("Harbor Ledger", "harborledger.example"),
    ("The Daily Tape", "dailytape.example"),
    ("Northgate Business", "northgatebusiness.example"),
    ("Capital Courier", "capitalcourier.example"),
    ("Exchange Post", "exchangepost.example"),
    ("Fenwick Markets", "fenwickmarkets.example"),
    ("Bluewater Press", "bluewaterpress.example"),
)
"""Name and host."""

PEOPLE: tuple[str, ...] = (
    "Marta Lindqvist",
    "Owen Tarrant",
    "Priya Raman",
    "Jonas Abel",
    "Celia Monk",
    "Tomas Viera",
    "Ingrid Sola",
    "Daniel Okafor",
    "Ruth Hallam",
    "Mei Tanaka",
    "Paul Verstraete",
    "Anna Kovac",
)
CITIES: tuple[str, ...] = (
    "Rotterdam",
    "Leeds",
    "Valencia",
    "Gdansk",
    "Lyon",
    "Bergen",
    "Turin",
    "Porto",
    "Graz",
    "Aarhus",
    "Ghent",
    "Malmo",
)
BROKERS: tuple[str, ...] = ("Pemberley Securities", "Ashdown & Cole", "Lakeside Research", "Tidewell Capital")
