"""Lists the words that the lexical analyst looks for, in English.

Alternatives are separated by `|`; `*` ends a word with any ending. The lists were made for business conversations
and are short on purpose: a miss lowers a count that a person reviews, a false find would put words into evidence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared.analysts.lexical.speech import alternatives, phrases
from shared.frameworks.domain.framework import Framework


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of the trade. A framework may hand in its own; `*` ends a word with any ending."""

    product: tuple[str, ...]
    architecture: tuple[str, ...]


VOCABULARY = Vocabulary(
    product=alternatives(
        "api | apis | sdk | webhook* | integration* | integrate* | dashboard* | report* | workflow* | "
        "configur* | plugin* | deploy* | feature* | module* | roadmap | pipeline* | template* | policy | "
        "policies | scan* | rule* | permission* | role* | connector* | import | imports | importing | export* "
        "| sync* | license* | automation | automate* | alert* | notification* | agent* | version* | upgrade* "
        "| index* | query | queries | browser | terminal | repository | repositories | cache* | proxy | "
        "artifact* | package* | release* | vulnerabilit* | registry | image* | build* | audit log | "
        "audit logs | mobile app | command line | single sign-on | assistant | model | models | suggestion* | "
        "completion* | search* | editor* | branch | branches | commit* | pull request* | git | log | logs | "
        "key | keys | encrypt* | tenant* | cluster* | node* | region* | setting* | default* | user* | admin* "
        "| saml | oidc | scim | sso | code base | codebase | context | file | files | private cloud | trial | "
        "pilot | seat | seats"
    ),
    architecture=alternatives(
        "kubernetes | cluster* | container* | vpc | subnet* | firewall* | sso | saml | oauth | oidc | scim | "
        "ldap | encrypt* | tls | latency | throughput | multi-tenant | tenant* | region* | failover | "
        "replica* | replicat* | database* | queue* | cache* | proxy | load-balancer | gateway* | "
        "microservice* | monolith* | api | apis | webhook* | restful | rest api | graphql | grpc | storage | "
        "bucket* | on-prem | on-premises | air-gapped | airgapped | backup* | redundan* | scal* | shard* | "
        "node* | pod* | terraform | docker | registry | endpoint* | bandwidth | middleware | load balancer | "
        "high availability | single sign-on | data centre | data center | air gap | identity provider | "
        "git host | git hosts | repositories | index* | network | cloud | inbound | outbound | server* | "
        "service* | relay | key store | keys | log | logs | deployment* | interface* | message bus | broker* "
        "| event* | data flow | disk* | cores | gigabyte* | schema* | client*"
    ),
)


def vocabulary_of(framework: Framework) -> Vocabulary:
    """Returns the words of the trade with the framework's products among the product's own, as it declares them."""
    dimensions = [one for one in framework.dimensions if one.names_products]
    named = [word for one in dimensions for word in (*one.values, *(alias for alias, _ in one.aliases))]
    spoken = tuple(dict.fromkeys(" ".join(one.replace("_", " ").split()) for one in named))
    return Vocabulary((*VOCABULARY.product, *spoken), VOCABULARY.architecture)


ARCHITECTURE_ASPECTS = {
    "identity": phrases(
        "identity | sso | saml | oidc | oauth | scim | ldap | sign-on | sign on | log in | logs in | login* | "
        "permission* | rights | roles | may see | access control | guests"
    ),
    "data flow": phrases(
        "webhook* | fetch* | inbound | outbound | data flow | pushes | goes to | goes through | flow* | "
        "endpoint* | connect* | interface* | queue* | stream* | api | apis | reads | export*"
    ),
    "residency": phrases(
        "region | regions | residency | european | data centre | data center | own cloud | private cloud | "
        "our cloud | your cloud | own network | your network | on-prem | on-premises | vpc | network segment "
        "| hosted in | retention"
    ),
    "failure": phrases(
        "goes down | is down | are down | we're down | fail | fails | failed | failure* | failover | outage* "
        "| degraded | buffers | recover* | backup* | redundan* | retry | retries | offline | unavailable | "
        "keeps working | stops | times out | lost"
    ),
    "scale": phrases(
        "node | nodes | core | cores | gigabyte* | terabyte* | latency | milliseconds | throughput | scal* | "
        "lines of code | million lines | thousand lines | repositories | concurrent* | per second | megabyte* "
        "| sizing"
    ),
    "operation": phrases(
        "patch* | upgrade* | monitor* | log | logs | audit log | metrics | run it | running of it | operate* "
        "| maintenance | on-call | on call | rotate* | deploy* | roll out | rollout | administrat*"
    ),
    "alternatives": phrases(
        "alternative* | two ways | three ways | two options | three options | option | options | trade-off* | "
        "either | rather than | lean to | costs you | the other way"
    ),
}
"""What a design has to speak about before somebody can build from it."""

DISCOVERY_TOPICS = {
    "current state": phrases(
        "today | currently | right now | at the moment | process | use | using | setup | look like now"
    ),
    "problem": phrases(
        "problem* | challeng* | pain* | issue* | frustrat* | struggl* | difficult* | wrong | fail* | hard | "
        "hurt* | annoy* | bother* | slow* | expensive | stuck | keeps you | keep you | worry | worries | "
        "stops you | lose time"
    ),
    "impact": phrases(
        "cost | costs | impact* | affect* | mean for | happens | happen | lose | loses | losing | "
        "consequence* | how often | how long | how much of | notice | notices | per year | a year | worth"
    ),
    "decision": phrases(
        "decide* | deciding | decision* | who else | involved | approv* | sign off | signs off | who signs | "
        "sign for | signs for | stakeholder* | evaluat* | who'd have to | who would have to | has to be | "
        "have to want | comfortable | committee | the board | turn down"
    ),
    "timeline": phrases(
        "by when | when do | when does | when would | when are | when is | timeline | deadline* | "
        "by what date | how soon | this year | this quarter | next year | next quarter | date | dates | "
        "coming up | by then | until when | renewal"
    ),
    "budget": phrases("budget* | spend | spending | funding | fund | funds | price range | pay for | afford"),
    "success": phrases(
        "success* | ideal* | goal* | look like | measure* | achieve | outcome* | hope* | "
        "would have to be true | need to see | went well | works out | be different"
    ),
}

OBJECTION = phrases(
    "expensive | too much | costs more | over budget | no budget | out of our budget | don't have the budget "
    "| don't have budget | can't afford | cheaper | not the right time | not a priority | bad time | "
    "happy with | already have | already use | built our own | built it ourselves | concern* | worri* | worry "
    "| skeptical | sceptical | hesitant | not sure | not convinced | not comfortable | too risky | "
    "too complicated | locked in | lock-in | pushback | push back | don't believe | do not believe | "
    "don't trust | do not trust | convince me | percent off | % off | discount* | too dear | too heavy | "
    "too slow | too long | rule that out | rules that out | rule out | rules out | deal breaker | "
    "deal-breaker | a catch | not allowed | heard that before | doesn't work for us | won't work for us | "
    "can't justify | makes things up | afraid | my people won't | they won't use | switch it off | "
    "will not accept | won't accept | cannot pay | can't pay | not ready for"
)

GONE_BY = re.compile(
    r"\b(?:was|were|used to be|had been|wasn't)\b.{0,60}\b(?:back when|back then|in the past|at first|years ago"
    r"|before that|at the time)\b",
    re.IGNORECASE,
)
"""With it a customer tells a worry of former times."""

ACKNOWLEDGED = phrases(
    "i understand | i hear you | i get that | that makes sense | makes sense | fair | fair enough | "
    "fair point | good point | good question | great question | i appreciate | you're right | "
    "totally reasonable | reasonable | that's fair | of course | i know it | i know that's | you're not wrong "
    "| i'd ask the same | i would ask the same | i wouldn't be either | "
    "thank you for being | i'm sorry | sorry about | you should ask | you should be | you should know | i don't love "
    "| thank you for raising | thanks for raising | i can see why | valid | a big gap"
)

DISMISSED = re.compile(
    r"(?<!if )\b(?:that|this|it)(?:'s| is) (?:just |really |a bit |so )?(?:silly|ridiculous|nonsense|stupid)\b"
    r"|\b(?:silly|ridiculous|stupid) (?:concern|worry|fear|objection|question)\b"
    r"|\bnot a real (?:problem|concern|issue)\b"
    r"|\b(?:should(?: not|n't)|do not|don't|no need to|needn't) (?:you |have to )?"
    r"(?:worry|be worried|be afraid|bother)\b|\btrust me\b|\bpoor you\b|\bjust saying\b"
    r"|\b(?:(?:a )?hundred per ?cent|100 ?(?:%|per ?cent))(?= (?:safe|sure|secure)|[.!]|$)"
    r"|\b(?:everybody|everyone) (?:pays|does|has|buys) (?:that|it|this)\b"
    r"|\b(?:that|it)(?:'s| is) (?:just )?not (?:true|right|a problem)\b|\bjust bad\b|\bwasting (?:your |their )?money\b"
    r"|\b(?:you|they|people) always say\b|\b(?:everybody|everyone) says\b|\bcome on[,.!]|\bmakes no sense\b"
    r"|\bnobody else\b|\byou(?:'re| are) (?:just )?(?:wrong|overreacting|exaggerating|mistaken)\b"
    r"|\bnot that (?:expensive|bad|hard)\b"
    r"|\b(?:does not|doesn't|don't|do not) understand the\b|\bnext slide\b"
    r"|\blet'?s? (?:me )?move on\b",
    re.IGNORECASE,
)
"""The worry is waved away, whatever polite word stands beside it."""

DISCOUNT = re.compile(
    r"\b(?:percent|per cent|euros?|dollars?|pounds?|k)\s+(?:off|less|discount)\b|%\s*(?:off|discount)"
    r"|\bdiscount\w{0,3}\b|\bright now\b|\bif you sign\b|\bspecial (?:price|offer)\b",
    re.IGNORECASE,
)
"""A lower price is no evidence that the worry is unfounded."""

PUSHED = re.compile(r"\b(?:sign|buy|order|go ahead|close this|move on|show you|next slide)\b", re.IGNORECASE)
"""A question that goes on with the sale asks nothing back."""

ARGUED = re.compile(
    r"(?<!\s)\s*+(?:(?:yeah|yes|okay|ok|sure|well|right|um|uh|no no|i mean)[,.]?\s++)*"
    r"(?:no[,.]?\s+(?:but|it isn't|it's not|you|i think)|but\b|actually\b|every (?:vendor|tool|product)\b"
    r"|that's just\b|that's not (?:true|right)\b|don't worry\b|nobody\b|i(?:'m| am) sure\b|trust me\b)",
    re.IGNORECASE,
)
"""The answer begins with a contradiction or waves the worry away."""

CHECKED = phrases(
    "does that help | does that answer | does that address | does this address | does that make sense | "
    "how does that sound | does that sound | would that work | is that fair | did that answer | is that it | "
    "is that the one | would that be enough | is that enough | something behind it | something underneath | "
    "would that settle | do i have that right | would it help | does this help | would you need to see | "
    "what would you need | what else would you need | would that cover | would that help"
)

PROOF = phrases(
    "customer of ours | customers of ours | one of our customers | another customer | other customers | "
    "customers like you | case study | reference customer* | similar bank | similar company | "
    "similar companies | similar team | a similar | reference call | pilot | trial | i've seen | we've seen | "
    "most of our | most customers | other companies | at a place | on your own | on your code | "
    "we worked with a | we work with a"
)

VALUE = phrases(
    "save | saves | saved | saving* | reduc* | cut | cuts | cutting | increas* | faster | quicker | roi | "
    "return on investment | payback | pay back | pays for itself | revenue | productivity | efficien* | "
    "less time | fewer | hours back | time to market | margin* | churn | went from | go from | goes from | "
    "sooner | shorten* | free up | frees up | give you back | gives you back | give back | prevent* | avoid* "
    "| instead of | break-even | break even | worth | baseline | cheaper | spend less | spent less | "
    "lose less | take away | takes away | a lot of the | easier"
)

HARM = re.compile(
    r"\b(?:increas|rais)\w{0,3}\s+(?:\w+\s+){0,3}?(?:latency|costs?|price|prices|risks?|delays?|errors?|incidents?|noise|load"
    r"|downtime|spend|bill)\b"
    r"|\b(?:reduc\w{0,4}|cuts?|cutting|fewer|less)\s+(?:\w+\s+){0,2}?(?:quality|speed|productivity|revenue|trust|coverage"
    r"|margins?|accuracy)\b|\b(?:get|gets|becomes?|are|is) slower\b",
    re.IGNORECASE,
)
"""The words of a gain, and a loss."""

NO_GAIN = re.compile(r"(?<!\s)\s++(?:\w++\s++){0,2}?(?:nothing|no|none|nobody|zero)\b", re.IGNORECASE)
"""After the word of a gain: there is none."""

MINE = re.compile(r"\bi(?:'ve| have| just)?\s$", re.IGNORECASE)
"""Before the word of a gain: what the speaker saved or cut, who is not what is sold."""

TO_THE_CUSTOMER = re.compile(r"\b(?:you|your|yourselves|you(?:'ve|'re|'ll|'d))\b", re.IGNORECASE)

NUMBER_WORD = phrases(
    "two | three | four | five | six | seven | eight | nine | ten | eleven | twelve | fifteen | twenty | "
    "thirty | forty | fifty | sixty | seventy | eighty | ninety | hundred | thousand | million | half | twice "
    "| double | triple | percent"
)

EXPLANATION = phrases(
    "because | so that | which means | that means | means that | works by | the way it works | "
    "the way that works | for example | for instance | in other words | under the hood | that's why | "
    "which is why | in order to | instead of | if you | if it | if it's | if that | if the | when you | "
    "when it | when the | unless | until | otherwise | depends | so it | so you | so that's | but not | "
    "rather than | by default | even if"
)

LIMIT = re.compile(
    r"\b(?:it|that|this|they|we|the [\w-]+|a [\w-]+)\s+"
    r"(?:doesn't|does not|don't|do not|won't|will not|can't|cannot|isn't|is not|aren't|wouldn't) "
    r"(?!that\b|to worry|need to|matter)\w+"
    r"|\bthere(?:'s| is| are|'re) (?:no|not|nobody|nothing|a limit)\b|\bthere isn't\b"
    r"|\bnot supported\b|\blimit(?:s|ation|ations)?\b|\bnot yet\b|\bon the roadmap\b"
    r"|\bonly (?:supports|covers|works|reads)\b|\bout of scope\b|\bnothing else\b|\bnot by itself\b"
    r"|\bnot on its own\b|\bno (?:date|plan|version)\b",
    re.IGNORECASE,
)
"""A product's limit, said of the product (it, we, there is), not of oneself (I can't)."""

_WHO_WILL = (
    "i'll|i will|we'll|we will|let's|i'm going to|we're going to|can we|could we|shall we|should we|why don't we"
    "|i'd suggest(?: that)?(?: we| i)?|i suggest(?: we| i)?|i can|i could|shall i|should i|i'd like to|we can|we could"
)
_WHAT = (
    "send|schedule|book|share|arrange|invite|e-?mail|call|prepare|introduce|confirm|draft|meet|order|bring|set up"
    "|put together|set that up"
    "|kick off|put (?:that|a|it|some|those|the)|ship|file|come on|come by|move it|show|write (?:you|up|the|it"
    "|down)|get you"
    "|talk again|speak again|pick (?:this|it) up|look at it|run (?:it|the|a)|start (?:with|on)|present|hear from"
)
COMMITMENT = re.compile(
    rf"\b(?:{_WHO_WILL})\s+(?:(?:also|then|just|go ahead and|probably|um,?|uh,?|all)\s+)*(?:{_WHAT})\b"
    r"|\b(?:i|we)(?:'ve| have)\s+(?:(?:just|already)\s+)?(?:ordered|scheduled|booked|sent|arranged|filed)\b"
    r"|\bnext steps?\s+(?:is|are|would be)\b",
    re.IGNORECASE,
)
"""Somebody does something after the call, or has set it going during the call. To be in touch, to follow up or to
circle back is nothing that anybody can wait for: that needs a day."""

_DOES = (
    "send|meet|bring|put|pull|write|show|share|get|look|come|speak|talk|present|draft|book|call|invite|take|do|does"
    "|gives?|have|sends|meets|brings|pulls|writes|shows|gets|comes|presents|runs?|names?|checks?|starts?|signs?|tests?"
    "|joins?"
)
ARRANGED = re.compile(
    rf"\b(?:i|we|you|she|he|they)(?:'ll|'d| will| would)?\s+(?:all\s+|then\s+|just\s+)?(?:{_DOES})\b"
    r"|\b(?:i|we)(?:'ve| have) got\b|\bsee you\b|\b(?:follow up|get back|circle back|be in touch|touch base)\b"
    r"|\bthen\b|\bshall\b|\bsuggest\b|\bwould that work\b|\bdoes that work\b|\bis that good\b"
    r"|^\s*(?:so|okay|and)\b",
    re.IGNORECASE,
)
"""With a day in the same sentence: an arrangement, though no verb promises ("I send it by Thursday")."""

THEIR_PART = re.compile(
    r"\b(?:could|can|would|will) you\s+(?:\w+\s+)?(?:send|get|check|bring|pull|ask|put|share|introduce|invite|find"
    r"|name|talk|set|book|confirm|let|look|give)\b"
    rf"|\byou(?:'ll|'d| will|'ve)?\s+(?:just\s+|then\s+)?(?:{_DOES}|let)\b"
    r"|\byour (?:people|team|side|part)\b|\bwho talks to\b|\bwho (?:does|do|can)\b",
    re.IGNORECASE,
)
"""What the customer does until then."""

DECISION_ASKED = phrases(
    "sign | signs | signed | signing | decide | decides | go ahead | committee | board | "
    "would stop | contract | counts as success | counts as done | that's a pass | a pass | the test is | "
    "what settles | would settle | settles it | or it's off | criteria | criterion | success"
)

_ORDINAL = alternatives(
    "first | second | third | fourth | fifth | sixth | seventh | eighth | ninth | tenth | eleventh | twelfth | "
    "thirteenth | fourteenth | fifteenth | sixteenth | seventeenth | eighteenth | nineteenth | twentieth | "
    "twenty-first | twenty-second | twenty-third | twenty-fourth | twenty-fifth | twenty-sixth | twenty-seventh | "
    "twenty-eighth | twenty-ninth | thirtieth | thirty-first"
)
_DAYS_OF_THE_MONTH = " | ".join(f"{before} {day}" for before in ("the", "on") for day in _ORDINAL)

DATE = phrases(
    "monday | tuesday | wednesday | thursday | friday | saturday | sunday | tomorrow | tonight | january | february | "
    "april | june | july | august | september | october | november | december | in march | of march | by march | "
    "in may | of may | by may | next week | this week | the week after | next month | this afternoon | "
    "this morning | later today | by today | today | end of the week | end of "
    "week | end of the day | end of day | business day | business days | working days | two days | "
    "three days | two weeks | within a week | in a week | in an hour | within the hour | within 24 hours | "
    + _DAYS_OF_THE_MONTH
)

AGREEMENT = phrases(
    "yes | yeah | yep | sure | okay | ok | sounds good | sounds great | that works | works for me | "
    "works for us | perfect | great | absolutely | let's do | agreed | happy to | looking forward | good plan "
    "| i'll be there | it would | it does | deal | done | fine | good | please | alright | all right | "
    "i can do | i'll | we'll | we can | i can | i would support | that would | that'd | i'd bring | noted | "
    "right | of course | with pleasure | go on | come | leave it"
)

REFUSAL = phrases(
    "no | not | don't | can't | won't | maybe | let me think | we'll see | i'll see | decided for the other"
)
"""Whatever begins so is no yes."""

REFUSED = re.compile(
    r"(?<!\s)\s*(?:(?:yeah|yes|yep|okay|ok|right|sure),?\s+"
    r"|(?:well|um|uh|oh|please|sorry|thanks|thank you|honestly|i'm afraid|actually|look|hm|but|and|so|i think"
    r"|i'd rather|that's kind)[,.!…]*\s+){0,6}"
    r"(?:no\b(?! (?:problem|worries|doubt|later))|not (?!a problem|on|before|until|in|too)|nope\b|absolutely not\b"
    r"|let's not\b|don't\b(?! forget)|do not\b|(?:we|i)(?:'d| would) rather not\b|(?:we|i)(?:'ll| will) pass\b|cancel\b"
    r"|(?:we|i|that|it) "
    r"(?:can't|cannot|can not|won't|will not|don't|do not|doesn't|have decided|decided|are not|am not)\b"
    r"(?! (?:wait|say|see why not|know))|we(?:'ve| have)? decided (?:for|against|not)|leave it\b"
    r"|we(?:'re| are|'ve| have)? (?:going|gone|went) with (?:some|another|other|the other)"
    r"|[a-z ]{0,20} is impossible\b)",
    re.IGNORECASE,
)
"""The answer turns the step down."""

RECAP = phrases(
    "to recap | to summarize | to summarise | to sum up | just to confirm | so to confirm | let me recap | "
    "quick recap | what we agreed | play it back | play that back | played back | where we are | "
    "how i've got it | what i've got | i've written down | let me say it back | say back | in summary | "
    "summing up | let me sum | so we have | what i'd leave | put it together | pull it together"
)

PARAPHRASE = phrases(
    "what i'm hearing | what i hear | it sounds like | sounds like | if i understand | "
    "let me make sure i understand | make sure i understood | so you're saying | you mentioned | you said | "
    "did i get that right | i heard you say | you were saying | you told me | as you said | "
    "if i've understood | see if i've understood | play it back | do i have that right | "
    "have i got that right | that sounded | you went quiet | so it's | so it isn't | so that's | so the | "
    "so there's | so what you | so for you | so if | so you | so they | so an | so a | and the rest is | "
    "so in | so this"
)
