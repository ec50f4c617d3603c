"""Lessons written by rule: plain events that are good, bad or neither for the company that they are about.

The sets at hand speak of prices and results, and hardly of accidents, courts or strikes. Headlines and companies are
invented here. What is measured (`models/data/evaluation/bad_events.jsonl`) tells of some of the same kinds of event, in
other words and of other companies.
"""

from __future__ import annotations

from models.datasets import SentimentExample

BAD = (
    "{} seeks protection from its creditors",
    "{} placed under administration after talks with lenders collapse",
    "{} misses coupon payment on its 2029 bonds",
    "{} breaches loan covenants, asks banks for a waiver",
    "Auditor quits {} over unexplained transactions",
    "{} admits that revenue of two years was overstated",
    "Accounts of {} to be corrected, says its auditor",
    "Hedge fund bets against {}, alleges sham sales",
    "Prosecutors charge {} with bribing officials",
    "Competition authority opens proceedings against {}",
    "Officers search {} premises in price-fixing inquiry",
    "Tax inspectors raid {}",
    "{} found guilty of polluting a river",
    "Court orders {} to pay damages to former customers",
    "{} fined for misleading investors",
    "Regulator suspends licence of {}",
    "{} loses patent appeal",
    "{} sued by shareholders over its prospectus",
    "{} calls back 40,000 cars with faulty brakes",
    "{} takes baby food off the shelves after contamination",
    "Airbag defect forces {} to halt sales",
    "Explosion at {} refinery injures nine",
    "Fire destroys a warehouse of {}",
    "{} tanker leaks oil off the coast",
    "Ferry of {} hits a sandbank with hundreds aboard",
    "Collapse of a pit wall stops work at {}",
    "Union calls workers at {} out on strike",
    "Walkout halts production at {}",
    "{} pilots stop work over pay",
    "Hackers steal customer data from {}",
    "{} systems down for a second day, customers locked out",
    "Payments fail as the network of {} breaks down",
    "Chief executive of {} steps down over corruption claims",
    "{} dismisses its treasurer for falsifying invoices",
    "Founder of {} arrested",
    "{} shuts its last factory",
    "{} to shut half of its branches",
    "{} lays off a third of its staff",
    "{} winds up its retail business",
    "{} lowers its forecast for the year",
    "{} warns that profit will fall short of expectations",
    "No dividend this year, says {}",
    "{} suspends dividend to save cash",
    "Credit rating of {} lowered to junk",
    "Agency downgrades {}, sees further cuts",
    "{} put on watch for a downgrade",
    "Analysts turn sellers of {}",
    "Main client of {} goes to a rival",
    "Airline cancels order for {} engines",
    "{} postpones the start of its new plant once more",
    "Launch of {} drug pushed back by a year",
    "{} ends study of its cancer drug without success",
    "Health agency rejects {} vaccine",
    "State takes over {} oil field without compensation",
    "{} barred from selling abroad",
    "Sanctions imposed on {}",
    "{} to be delisted",
    "Trading in {} halted pending clarification",
    "Depositors rush to withdraw money from {}",
    "Savers queue outside {} branches",
    "{} reports a net loss",
    "Net loss at {}",
    "{} writes off its investment in a subsidiary",
    "{} sells shares at a steep discount to stay afloat",
    "Takeover of {} falls through",
    "Lender pulls credit line of {}",
    "{} drops out of the index",
    "Customers boycott {}",
)
GOOD = (
    "{} leaves bankruptcy protection with its debt cut by half",
    "{} repays its bonds ahead of time",
    "{} cleared of all charges",
    "Competition authority closes its case against {}",
    "Court throws out lawsuit against {}",
    "{} wins patent case",
    "{} wins order for 30 aircraft",
    "{} lands a ten-year supply contract",
    "{} raises full-year forecast",
    "{} expects profit above its earlier guidance",
    "{} lifts its dividend",
    "{} announces special dividend",
    "{} to buy back shares",
    "Credit rating of {} raised",
    "Agency upgrades {}, outlook stable",
    "Analysts start {} at buy",
    "Drug of {} passes its late trial",
    "Health agency approves {} vaccine",
    "{} opens its new plant ahead of plan",
    "{} hires 500 engineers to meet demand",
    "Workers at {} end strike",
    "{} reopens mine after the fire",
    "{} returns to profit",
    "{} posts record sales",
    "{} gains market share",
    "{} to join the index",
    "{} receives takeover offer at a premium",
    "{} secures funding for its expansion",
    "Licence of {} restored",
    "{} discovers large gas field",
    "Tariffs on {} lifted",
    "{} named supplier of the year",
    "Customers flock to {} stores",
    "{} subscriptions double",
    "Sanctions on {} lifted",
    "{} settles dispute on favourable terms",
)
NEITHER = (
    "{} to publish results on Thursday",
    "{} holds its annual meeting in May",
    "{} names new head of human resources",
    "{} appoints chief financial officer",
    "Chief executive of {} to retire next year",
    "{} moves its headquarters within the city",
    "{} changes its financial year",
    "{} to present at an industry conference",
    "{} files annual report",
    "{} launches new logo",
    "{} and its partner extend their agreement",
    "{} in talks with several parties",
    "{} completes sale of office building",
    "{} to split its shares",
    "Board of {} to meet next week",
    "{} shares unchanged in thin trade",
    "{} schedules conference call",
    "{} renews auditor's mandate",
    "{} issues statement on media reports",
    "{} prices bond",
    "{} registers shares for employees",
    "{} opens visitor centre",
    "What to watch when {} reports",
    "Interview: {} chief on the next decade",
    "{} keeps its forecast",
    "Rating of {} affirmed, outlook stable",
    "{} sets record date for dividend",
    "{} updates its privacy policy",
    "{} sponsors a cycling team",
    "{} to webcast investor day",
    "Holders of {} vote on articles of association",
    "{} starts search for a new chairman",
    "Ex-dividend dates: {}",
    "{} trades in line with the market",
    "{} renames its consumer division",
    "{} signs memorandum with a university",
)
TIMES = 5
"""So often each headline is told, each time of another company."""
_FIRST = ("Alder", "Belmar", "Corvin", "Dunmore", "Esker", "Falkirk", "Gideon", "Hexham", "Isola", "Jarrow")
_SECOND = ("Freight", "Biotech", "Motors", "Grocers", "Capital", "Minerals", "Software", "Power", "Lines", "")


def event_examples() -> list[SentimentExample]:
    """Return the headlines, each of several companies."""
    events = [(BAD, (1.0, 0.0, 0.0)), (GOOD, (0.0, 0.0, 1.0)), (NEITHER, (0.0, 1.0, 0.0))]
    headlines = [(headline, target) for kind, target in events for headline in kind]
    return [
        _example(headline, _company(place * TIMES + time), target)
        for place, (headline, target) in enumerate(headlines)
        for time in range(TIMES)
    ]


def _company(number: int) -> str:
    return f"{_FIRST[number % len(_FIRST)]} {_SECOND[number * 7 // len(_FIRST) % len(_SECOND)]}".strip()


def _example(headline: str, name: str, target: tuple[float, float, float]) -> SentimentExample:
    start = headline.index("{}")
    return SentimentExample(headline.replace("{}", name), (start, start + len(name)), target)
