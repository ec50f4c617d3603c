"""What the scripted day says: templates of ordinary news.

`{slot}` is filled, `[a|b|c]` is one of its alternatives; a template is a headline and the sentences under it.
"""

from __future__ import annotations

Template = tuple[str, tuple[str, ...]]

GOOD: tuple[Template, ...] = (
    (
        "{name} [beats|tops] forecasts as demand for {product} [grows|picks up]",
        (
            "{name} reported a {pct}% rise in quarterly profit to ${money} million, [well ahead of|comfortably above]"
            " what analysts had expected.",
            "[Strong demand|Record orders] for {product} [lifted|drove] margins, chief executive {person} [said|told"
            " reporters] in {city}.",
            "The company [raised|lifted] its outlook for the year and its shares [rose|gained|climbed] {small}%.",
        ),
    ),
    (
        "{name} wins ${money} million [contract|order] in {city}",
        (
            "{name} has won [an order|a contract] worth ${money} million to supply {product} in {city} [over {n}"
            " years|until {year}].",
            "It is the [largest|second large] award for the company this year and [adds to|strengthens] a record order"
            " book, {person} said.",
            "[Shares advanced {small}% on the news.|The stock was among the best performers of its sector.]",
        ),
    ),
    (
        "{broker} upgrades {name} [on better margins|after strong quarter]",
        (
            "{broker} raised its rating of {name} to buy and [lifted|raised] its price target by {pct}%.",
            "[Margins are improving faster than the market believes|Earnings momentum is the strongest of its"
            " peers], analyst {person} [wrote|said in a note].",
            "The shares gained {small}% in [early|morning|afternoon] trading, [outperforming|ahead of] {peer}.",
        ),
    ),
    (
        "{name} [raises dividend|lifts its payout] and [plans|starts] ${money} million buyback",
        (
            "{name} will [raise|increase] its dividend by {pct}% and buy back shares for ${money} million after a"
            " [strong|record] year.",
            "[Cash flow has never been better|The balance sheet is in excellent shape], finance chief {person} said.",
            "Investors [welcomed|cheered] the decision and the stock rose {small}%.",
        ),
    ),
    (
        "{name} [opens|completes] {city} [plant|site] ahead of schedule",
        (
            "{name} has [opened|completed] a site for {product} in {city}, {n} months ahead of schedule and under"
            " budget.",
            "The expansion [will create {many} jobs|lifts capacity by {pct}%] and should [improve margins|boost"
            " profit] from next year.",
            "{person}, who runs the project, called it [a great success|an excellent result for everybody].",
        ),
    ),
    (
        "{name} and {peer} [agree|sign] [growth partnership|alliance] on {product}",
        (
            "{name} and {peer} will work together on {product}, [a deal that both expect to lift profit|a step that"
            " should increase sales of both].",
            "The partnership [could bring savings of ${money} million a year|opens {n} new markets], {person}"
            " said in {city}.",
            "Shares of {name} [rose|gained] {small}%.",
        ),
    ),
)

PLAIN: tuple[Template, ...] = (
    (
        "{name} [to publish|will report] [quarterly|half-year] results on {day}",
        (
            "{name} will publish its results on {day} before the market opens, the company said.",
            "A conference call with [chief executive|finance chief] {person} [follows|is planned] at [nine|ten|two]"
            " o'clock from {city}.",
            "[The date is in line with previous years.|The calendar for the rest of the year is unchanged.]",
        ),
    ),
    (
        "{name} [appoints|names] {person} [head of {product}|to its board]",
        (
            "{name} has named {person} to [its board of directors|lead its business with {product}] from the first"
            " of {month}.",
            "{person} [worked|spent {n} years] at {peer} [before|and studied in {city}].",
            "[The appointment had been announced in spring.|The position had been filled by an interim manager.]",
        ),
    ),
    (
        "{name} holds annual meeting in {city}",
        (
            "Shareholders of {name} met in {city} on {day} [and approved|to vote on] the agenda of the board.",
            "{many} [investors|shareholders] attended the meeting, which lasted {n} hours.",
            "[The accounts were adopted|All items were adopted] and {person} remains chair of the board.",
        ),
    ),
    (
        "{name} [presents|shows] {product} at {city} trade fair",
        (
            "{name} is showing its {product} at the trade fair in {city}, which runs until {day}.",
            "The company has [a stand of {many} square metres|brought {n} models] and [shares it with|sits next to]"
            " {peer}.",
            "{person} will speak there about [standards|the state of the industry].",
        ),
    ),
    (
        "{name} files [registration statement|prospectus] for ${money} million notes",
        (
            "{name} filed papers for notes of ${money} million that mature in {year}.",
            "The proceeds are for general corporate purposes, the filing [says|states].",
            "{broker} [acts as|is] bookrunner.",
        ),
    ),
    (
        "[Interview: |]{person} of {name} on [the year ahead|{product}]",
        (
            "{person}, who has been with {name} for {n} years, spoke with us in {city} about {product}.",
            "The company employs about {many} people and [serves|has customers in] {n} countries.",
            "[Asked about {peer}, the manager declined to comment.|The next review of strategy is in {month}.]",
        ),
    ),
    (
        "{name} moves [headquarters|its head office] within {city}",
        (
            "{name} will move to a new building in {city} in {month}, a spokesperson said.",
            "The lease of the old [office|building] ends then; [about {many} employees move|the distance is {n}"
            " kilometres].",
        ),
    ),
)

BAD: tuple[Template, ...] = (
    (
        "{name} cuts outlook as [costs rise|orders weaken]",
        (
            "{name} cut its forecast for the year after quarterly profit fell {pct}% on weak demand for {product}.",
            "[Costs hit us harder than planned|The decline was worse than feared], {person} [admitted|said].",
            "The shares dropped {small}%.",
        ),
    ),
    (
        "{broker} downgrades {name} [over weak margins|on falling demand]",
        (
            "{broker} lowered its rating of {name} to sell and warned of further losses in {product}.",
            "Margins are [shrinking|deteriorating] and {peer} is taking its customers, analyst {person} wrote.",
            "The stock fell {small}% in [early|late] trading.",
        ),
    ),
    (
        "[Strike|Walkout] halts work at {name} site in {city}",
        (
            "Workers at the {city} site of {name} [walked out|went on strike], halting the output of {product}.",
            "The stoppage costs the company ${money} million a week and deliveries are delayed, {person} said.",
            "Talks with the union collapsed on {day}.",
        ),
    ),
    (
        "{name} sued over [faulty|defective] {product}",
        (
            "{many} customers have sued {name} in {city}, claiming that its {product} were defective.",
            "The suit seeks damages of ${money} million; [the company denies wrongdoing|a loss would hurt earnings],"
            " lawyers said.",
        ),
    ),
)

MARKET: tuple[Template, ...] = (
    (
        "Central bank leaves rates unchanged [as expected|at meeting]",
        (
            "The central bank left its key rate at {rate}% [on {day}|after a two-day meeting], as economists had"
            " expected.",
            "Policy makers will look at the data [in {month}|at each meeting], the statement said.",
        ),
    ),
    (
        "Stocks [little changed|mixed] [before|ahead of] [inflation|jobs] data",
        (
            "The main index moved {small} points in [quiet|thin] trading while investors waited for figures on {day}.",
            "[Technology and energy went separate ways|Volumes were average], traders in {city} said.",
        ),
    ),
    (
        "Consumer prices up {rate}% from a year ago",
        (
            "Consumer prices rose {rate}% in the year to {month}, the statistics office in {city} reported.",
            "Food and rents accounted for most of the change; energy was [flat|about the same].",
        ),
    ),
    (
        "Oil [steady|holds] at ${price} a barrel [before producers meet|in quiet trade]",
        (
            "Crude traded at ${price} a barrel, little changed from {day}.",
            "Producers meet in {month}; [most delegates expect no change|no decision on quotas is expected].",
        ),
    ),
    (
        "Bond auction in {city} draws [average|usual] demand",
        (
            "The treasury sold bonds for ${money} million at an average yield of {rate}%.",
            "Bids were {n} times the amount on offer, [as in|about the same as at] the last sale.",
        ),
    ),
    (
        "Currency [holds|stays] in narrow range, [traders|dealers] say",
        (
            "The currency moved within {small} cents against its main partners on {day}.",
            "[Dealers in {city} see no trend|The next figures on trade come in {month}], {person} of {broker} said.",
        ),
    ),
    (
        "Factory orders [rise|gain] {rate}% in {month}",
        (
            "Orders of factories rose {rate}% from the month before, [helped|lifted] by machinery.",
            "Economists at {broker} had expected {small}%; [the trend is solid|growth continues], {person} wrote.",
        ),
    ),
)

SELL_OFF: tuple[Template, ...] = (
    (
        "Stocks [fall|slide] across sectors as yields jump",
        (
            "Shares fell broadly on {day}, with the main index losing {rate}% as bond yields jumped.",
            "[Nine stocks fell for each that rose|Every sector lost ground], said {person} of {broker}.",
        ),
    ),
    (
        "Technology leads market lower [in heavy trade|in afternoon]",
        (
            "A sharp decline of technology shares dragged the market down {rate}% in heavy trading.",
            "Investors sold whatever had done well this year, dealers in {city} said.",
        ),
    ),
    (
        "Volatility jumps to {n}-month high as investors [retreat|sell]",
        (
            "The index of expected volatility jumped {pct}% while investors fled to cash.",
            "Fears over rates weighed on sentiment, {person} of {broker} said.",
        ),
    ),
)
