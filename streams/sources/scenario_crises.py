"""What the scripted day says of whom something happens to: two crises, a much-copied story, good news."""

from __future__ import annotations

from streams.sources.scenario_texts import Template

FRAUD: tuple[Template, ...] = (
    (
        "{name} shares plunge as regulator opens fraud probe",
        (
            "The financial regulator has opened a fraud probe into {name} over suspected false accounts at two"
            " subsidiaries.",
            "Investigators searched offices in {city} on {day} and seized documents, the authority said.",
            "Shares of {name} plunged {pct}% as investors feared heavy losses.",
        ),
    ),
    (
        "{name} shares tumble further as finance chief quits",
        (
            "The finance chief of {name}, {person}, has resigned with immediate effect, leaving the company without"
            " anyone to sign its accounts.",
            "The shares of {name} tumbled another {pct}% as worried investors sold.",
        ),
    ),
    (
        "{name} sinks after auditor warns of false accounts",
        (
            "The auditor of {name} withdrew its opinion on last year's statements, saying it could no longer rely on"
            " what managers had told it.",
            "Cash of ${money} million that the books show in escrow could not be found.",
            "A restatement would wipe out two years of profit, accountants warned.",
        ),
    ),
    (
        "{name} bonds fall to record low as lenders call loan",
        (
            "A group of banks has called a loan of ${money} million to {name} after the payments firm breached its"
            " covenants.",
            "Without a waiver {name} could run out of cash within weeks, and its bonds fell to a record low.",
        ),
    ),
    (
        "{name} shares collapse 43% before trading is halted",
        (
            "Trading in {name} was halted on {day} after the price collapsed by 43% within an hour.",
            "Sell orders outnumbered bids by twenty to one, and the exchange gave no time for a restart.",
            "It was the worst fall since the firm was listed.",
        ),
    ),
    (
        "Rating agency cuts {name} to junk, warns of default",
        (
            "{name} lost its investment grade as its rating was cut by four notches to junk.",
            "Default within a year is now a real possibility, the agency warned, pointing at weak controls and"
            " draining liquidity.",
        ),
    ),
    (
        "Merchants drop {name} terminals as payouts stall",
        (
            "Shops in {city} and elsewhere are abandoning the card terminals of {name} because takings have not been"
            " paid out for three days.",
            "“We cannot pay our staff,” said one bakery owner; analysts warned of a sharp fall in revenue and a loss.",
        ),
    ),
    (
        "Shareholders sue {name} over hidden losses",
        (
            "Investors filed a class action against {name}, accusing its directors of hiding losses for years.",
            "The complaint seeks ${money} million in damages; the stock, down {pct}% this week, fell further.",
        ),
    ),
    (
        "{name} slumps on arrest of former executive for fraud",
        (
            "Police arrested a former head of treasury at {name} at the airport of {city} on suspicion of"
            " embezzlement.",
            "Shares of {name} slumped {pct}%; prosecutors believe that invented customers inflated its revenue.",
        ),
    ),
    (
        "{name} withdraws forecast, warns of heavy loss",
        (
            "{name} scrapped its forecast for the year and warned of a heavy loss in a statement after the close.",
            "The board could not say when audited figures would be available, deepening the crisis.",
        ),
    ),
    (
        "Card networks threaten to suspend {name} licence",
        (
            "Two card networks have threatened to suspend the licence of {name}, which would cut it off from most of"
            " its business.",
            "They demand proof of funds by {day}; the threat sent the battered shares down another {pct}%.",
        ),
    ),
    (
        "Hedge fund calls {name} a fraud, bets on its failure",
        (
            "A hedge fund that is short of {name} published ninety pages alleging sham clients and forged bank"
            " letters.",
            "The shares were worthless, it claimed; the accusations wiped ${money} million off the market value.",
        ),
    ),
)

RECALL: tuple[Template, ...] = (
    (
        "{name} shares fall on recall of 212,000 vans after fires",
        (
            "{name} is recalling 212,000 electric vans after battery packs caught fire in nine vehicles, injuring"
            " four drivers.",
            "Shares of {name} fell sharply; owners were told to park outdoors until the fault is fixed.",
        ),
    ),
    (
        "{name} drops as safety agency investigates van fires",
        (
            "The road safety agency has opened a formal investigation into fires in vans built by {name}.",
            "Shares of {name} dropped {pct}%; the agency accuses it of reporting the first cases too late.",
        ),
    ),
    (
        "{name} warns of losses as {city} plant is shut down",
        (
            "Production at the {city} plant of {name} has stopped because faulty battery cells may no longer be"
            " fitted.",
            "About 3,400 workers were sent home, and {name} warned that the lost output will hurt its earnings.",
        ),
    ),
    (
        "Dealers ordered to stop selling {name} vans",
        (
            "Dealers must not hand over any more vans of {name}, according to a letter seen on {day}.",
            "Sales have collapsed and customers demand their deposits back, a dealer in {city} complained.",
        ),
    ),
    (
        "{name} shares plunge 27% on recall costs",
        (
            "Shares of {name} plunged 27%, their steepest loss on record, as investors counted the cost of replacing"
            " batteries.",
            "Analysts at {broker} put the damage at ${money} million and warned that it may have to raise capital.",
        ),
    ),
    (
        "Parcel group cancels order for 8,000 {name} vans",
        (
            "One of the largest customers of {name} has cancelled an order for 8,000 vans, citing danger to its"
            " drivers.",
            "The loss of the contract leaves a hole of ${money} million in next year's sales.",
        ),
    ),
    (
        "Families of injured drivers sue {name}",
        (
            "Relatives of drivers who were burned in vans of {name} are suing for negligence.",
            "Engineers had warned of overheating two years ago, lawyer {person} said; the stock fell {pct}%.",
        ),
    ),
    (
        "{name} slashes forecast, suspends dividend",
        (
            "{name} slashed its profit forecast and suspended the dividend as the recall burns through its cash.",
            "A loss for the full year is now certain, finance chief {person} conceded on a tense call.",
        ),
    ),
    (
        "Insurers refuse to cover {name} vehicles in garages",
        (
            "Several insurers refuse to cover vans of {name} that are parked in garages, fleet managers complain.",
            "Premiums for the rest have doubled, a further blow to weak sales.",
        ),
    ),
    (
        "Debt of {name} put on watch for downgrade",
        (
            "The rating of {name} was put on watch for a downgrade, with liquidity named as the main weakness.",
            "Its bonds fell to 61 cents as doubts grew about the refinancing due in {month}.",
        ),
    ),
    (
        "{name} slides to nine-year low as chief engineer quits",
        (
            "{person}, who designed the failed battery, has left {name} after a bitter row about who knew of the"
            " defect.",
            "The departure throws repairs into disarray; shares of {name} slid to their lowest in nine years.",
        ),
    ),
    (
        "Cities ban {name} vans from tunnels and depots",
        (
            "{city} and three other cities have banned vans of {name} from tunnels and municipal depots for fear of"
            " fire.",
            "The ban threatens orders worth ${money} million, and the shares slipped again.",
        ),
    ),
)

COPIED: Template = (
    "{name} warns of delay to next controller chip",
    (
        "{name} warned that its next memory controller will come six months late because of a fault in the design.",
        "The delay will cost ${money} million in sales this year, the chipmaker said, and apologised to customers.",
        "The first samples had failed in testing at its laboratory in {city}, according to {person}, head of"
        " development.",
        "Its shares fell {small}% in late trading after the announcement.",
    ),
)

GOOD_NEWS: tuple[Template, ...] = (
    (
        "{name} inhaler succeeds in late trial",
        (
            "The new inhaler of {name} proved a great success in its late-stage trial, with 52% fewer attacks.",
            "The results are outstanding, said lung specialist {person}, who led the study in {city}.",
        ),
    ),
    (
        "{name} shares soar to record after trial success",
        (
            "Shares of {name} jumped 19% to a record as investors celebrated the trial results.",
            "Several funds raised their holdings, dealers said.",
        ),
    ),
    (
        "Analysts lift {name} targets on inhaler promise",
        (
            "{broker} and two other houses lifted their targets for {name} and expect excellent growth.",
            "The drug could add ${money} million to annual profit, {person} estimates.",
        ),
    ),
    (
        "Health service eager to adopt {name} drug",
        (
            "The health service wants to adopt the drug of {name} quickly once it is approved, praising its benefits.",
            "Fast approval is likely, an official in {city} said with delight.",
        ),
    ),
    (
        "{name} to hire 600 and expand in {city}",
        (
            "{name} will expand its plant in {city} and hire 600 people to meet strong demand.",
            "The investment pays for itself within three years, {person} is convinced.",
        ),
    ),
    (
        "Patients hail {name} breakthrough",
        (
            "Patient groups hailed the success of {name} as the best news in a decade.",
            "“It gives us our lives back,” said a participant of the trial.",
        ),
    ),
)
