"""Words of business: what companies have, what they do, and words too common to be a name on one sign alone."""

from __future__ import annotations

import re

EVERYDAY = re.compile(
    r"unit|beyond|crypto|popular|nice|eastern|joint|premier|senior|strategy|universal|western|news|nfl|ioc|acc|esg|rec|sat|cci|cmc|sci|max|vip|a|ab|all|ally|am|an|and|any|are|as|at|back|be|best|big|bill|block|book|buy|by|can|care|cash|chase|check|"
    r"clear|core|cross|do|drive|ever|fast|first|five|flex|for|gap|go|good|great|group|has|he|health|here|high|"
    r"home|hope|i|if|in|it|key|kind|lead|life|light|line|long|love|low|main|match|me|move|my|new|next|no|now|of|"
    r"off|oil|old|on|one|open|or|our|out|own|pay|plan|play|plus|post|power|press|public|real|rise|run|safe|save|"
    r"see|sell|send|she|short|so|square|stay|stock|strong|sun|target|team|ten|the|tin|to|top|total|trade|true|"
    r"trust|up|us|value|via|wave|we|wealth|week|well|west|will|win|work|world|yield|you",
    re.I,
)
"""Words so common that one sign is not enough."""
QUALIFIERS = re.compile(
    r"best|bullish|casino|cheap|cool|crypto|digital|emerging|fast|frontline|general|global|good|great|international"
    r"|jet|mobile|municipal|national|nice|open|paid|popular|premier|regional|senior|small|strategic|strong|tiny|unit",
    re.I,
)
"""Words that tell what kind of shares or executives are meant: a noun behind one makes no name of it."""
NOUNS = (
    r"shares?|stocks?|bonds?|earnings|profits?|results|revenues?|sales|dividends?|ceo|cfo|coo|chairman|chief|executives?"
    r"|board|investors?|shareholders?|stockholders?|stake|unit|subsidiary|spokes(?:man|woman|person)|management|outlook"
    r"|guidance|forecast|margins?|quarter(?:ly)?|q[1-4]|first-quarter|second-quarter|third-quarter|fourth-quarter|eps"
    r"|analysts?|ipo|buyback|customers|employees|workers|stores?|plants?|factory|factories|products?|valuation"
    r"|market cap|net|loss(?:es)?|income|div|deal|merger|takeover|bid|offer|acquisition|headquarters|founder|owner"
    r"|parent|common|managing director|md|chairperson|founders?|warrants?|merger|order book|valuations?"
    r"|ffo|(?:non-)?gaap"
)
DEEDS = (
    r"reports?|reported|posts?|posted|announces?|announced|acquires?|acquired|buys?|bought|sells?|sold|raises?|raised"
    r"|cuts?|lowered|lowers|beats?|misses|missed|tops?|topped|gains?|gained|jump(?:s|ed)|surge[sd]?|soar(?:s|ed)"
    r"|rall(?:y|ies|ied)|rose|rises|fell|falls|drop(?:s|ped)|slump(?:s|ed)|sinks?|tumble[sd]?|plunge[sd]?|slide[sd]?"
    r"|slips?|slipped|climb(?:s|ed)|upgraded|downgraded|launch(?:es|ed)|unveil(?:s|ed)|declare[sd]|appoints?|appointed"
    r"|hires?|sues|sued|recalls?|recalled|initiated|reiterated|maintained|hikes?|hiked|slash(?:es|ed)|halts?|suspends?"
    r"|suspended|invests?|invested|reaffirms?|settles?|settled|proposes?|teams up|mulls|weighs|seeks|eyes|explores"
    r"|delays?|delayed"
    r"|hits|nears|loses|lost|doubles|triples|trades|bags|bagged|up \d|down \d|to\s+(?:buy|sell"
    r"|acquire|cut|raise|launch|pay|invest|close|report|merge|spin|hire|lay off|issue|split|recall|shut|expand"
    r"|announce|release|present|webcast|host|appoint|divest|set up|supply|manufacture)"
    r"|elects|selects|schedules|appoints|introduces|extends|recalls|divests|pares|restructures|outsources"
    r"|tanks|zooms|cracks|skids|dips|ends (?:up|down|higher|lower|flat|\d)|hit(?:s)? (?:a )?52-week"
    r"|(?:up|down) (?:nearly|over|about|almost) \d|net (?:up|down)|in talks|in (?:the )?(?:red|green)"
    r"|is an? (?:\w+ ){0,2}(?:buy|sell|hold)\b"
    r"|is (?:buying|selling|cutting|raising|recalling)|has (?:cut|raised|bought|sold|recalled)"
)
SAYINGS = (
    r"said|says|say|plans|planned|agreed|agrees|expects?|sees|warns?|warned|names|faces|files|filed|signs|signed|wins"
    r"|won|completes?|completed|lays|spins|pays|paid|will|is|has|adds|added|gets|makes|takes|offers|opens|to"
    r"|(?:must|could|should|would|can|cannot)(?!\s+(?:not\s+)?be\b)"
)
