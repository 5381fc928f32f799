"""The words that the lexical analyst looks for, in English.

Alternatives are separated by `|`; `*` ends a word with any ending. The lists were made for business conversations
and are short on purpose: a miss lowers a count that a person reviews, a false find would put words into evidence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared.domain.speech import alternatives, phrases


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of the trade. A framework may hand in its own; `*` ends a word with any ending."""

    product: tuple[str, ...]
    architecture: tuple[str, ...]


VOCABULARY = Vocabulary(
    product=alternatives(
        "api | apis | sdk | webhook* | integration* | integrate* | dashboard* | report* | workflow* | "
        "configur* | plugin* | deploy* | feature* | module* | roadmap | pipeline* | template* | "
        "policy | policies | scan* | rule* | permission* | role* | connector* | import | imports | "
        "importing | export* | "
        "sync* | license* | automation | automate* | alert* | notification* | agent* | version* | "
        "upgrade* | index* | query | queries | browser | terminal | repository | repositories | "
        "cache* | proxy | artifact* | package* | release* | vulnerabilit* | registry | image* | "
        "build* | audit log | audit logs | mobile app | command line | single sign-on "
    ),
    architecture=alternatives(
        "kubernetes | cluster* | container* | vpc | subnet* | firewall* | sso | saml | oauth | oidc | "
        "scim | ldap | encrypt* | tls | latency | throughput | multi-tenant | tenant* | region* | "
        "failover | replica* | replicat* | database* | queue* | cache* | proxy | load-balancer | "
        "gateway* | microservice* | monolith* | api | apis | webhook* | restful | rest api | graphql | grpc | "
        "storage | bucket* | on-prem | on-premises | air-gapped | airgapped | backup* | redundan* | "
        "scal* | shard* | node* | pod* | terraform | docker | registry | endpoint* | bandwidth | "
        "middleware | load balancer | high availability | single sign-on | data centre | data center "
        "| air gap "
    ),
)

DISCOVERY_TOPICS = {
    "current state": phrases("today | currently | right now | at the moment | process | use | using | setup"),
    "problem": phrases(
        "problem* | challeng* | pain* | issue* | frustrat* | struggl* | difficult* | wrong | fail* | hard"
    ),
    "impact": phrases("cost | costs | impact* | affect* | mean for | happens | happen | lose | losing | consequence*"),
    "decision": phrases("decide* | decision* | who else | involved | approv* | sign off | stakeholder* | evaluat*"),
    "timeline": phrases(
        "by when | when do | when would | when are | when is | timeline | deadline* | by what date | "
        "how soon | this year | this quarter"
    ),
    "budget": phrases("budget* | spend | spending | funding | fund | price range | pay for"),
    "success": phrases("success* | ideal* | goal* | look like | measure* | achieve | outcome* | hope*"),
}

OBJECTION = phrases(
    "expensive | too much | costs more | over budget | no budget | out of our budget | don't have the "
    "budget | don't have budget | can't afford | cheaper | not the right time | not a priority | bad "
    "time | happy with | already have | already use | built our own | built it ourselves | concern* | "
    "worri* | worry | skeptical | sceptical | hesitant | not sure | not convinced | not comfortable | "
    "too risky | too complicated | locked in | lock-in | pushback | push back"
)

ACKNOWLEDGED = phrases(
    "i understand | i hear you | i get that | that makes sense | makes sense | fair | fair enough | "
    "fair point | good point | good question | great question | i appreciate | you're right | totally "
    "reasonable | reasonable | thank you for raising | thanks for raising | i can see why | valid"
)

CHECKED = phrases(
    "does that help | does that answer | does that address | does this address | does that make sense "
    "| how does that sound | does that sound | would that work | is that fair | did that answer | "
    "what else would you need | would that cover | would that help"
)

PROOF = phrases(
    "customer of ours | customers of ours | one of our customers | another customer | other customers | "
    "customers like you | case study | reference customer* | similar bank | similar company | "
    "similar companies | similar team | we worked with a | we work with a"
)

VALUE = phrases(
    "save | saves | saved | saving* | reduc* | cut | cuts | cutting | increas* | faster | quicker | "
    "roi | return on investment | payback | pay back | pays for itself | revenue | productivity | "
    "efficien* | less time | fewer | hours back | time to market | margin* | churn | went from | go "
    "from | goes from"
)

NUMBER_WORD = phrases(
    "two | three | four | five | six | seven | eight | nine | ten | eleven | twelve | fifteen | "
    "twenty | thirty | forty | fifty | sixty | seventy | eighty | ninety | hundred | thousand | "
    "million | half | twice | double | triple | percent"
)

EXPLANATION = phrases(
    "because | so that | which means | that means | means that | works by | the way it works | the "
    "way that works | for example | for instance | in other words | under the hood | that's why | "
    "which is why | in order to | instead of"
)

LIMIT = phrases(
    "doesn't support | does not support | don't support | not supported | limitation* | not yet | on "
    "the roadmap | won't work | doesn't do | does not do | doesn't cover | only supports | only "
    "covers | out of scope | can't do | cannot do"
)

_WHO_WILL = (
    "i'll|i will|we'll|we will|let's|i'm going to|we're going to|can we|could we|shall we|should we|why don't we"
)
_WHAT = (
    "send|schedule|book|share|arrange|invite|e-?mail|call|prepare|introduce|confirm|draft|meet|order|bring|set up"
    "|put together|follow up|get back|set that up|circle back|be in touch|kick off|put (?:that|a|it|some)|ship|file"
)
COMMITMENT = re.compile(
    rf"\b(?:{_WHO_WILL})\s+(?:(?:also|then|just|go ahead and|probably)\s+)?(?:{_WHAT})\b"
    r"|\b(?:i|we)(?:'ve| have)\s+(?:(?:just|already)\s+)?(?:ordered|scheduled|booked|sent|arranged|filed)\b"
    r"|\bnext steps?\s+(?:is|are|would be)\b",
    re.IGNORECASE,
)
"""Somebody does something after the call, or has set it going during the call."""

DATE = phrases(
    "monday | tuesday | wednesday | thursday | friday | tomorrow | tonight | january | february | "
    "april | june | july | august | september | october | november | december | next week | this week "
    "| next month | this afternoon | this morning | later today | by today | end of the week | end of "
    "week | end of the day | end of day | business day | business days | working days | two days | "
    "three days | two weeks | within a week | in a week | in an hour | within 24 hours"
)

AGREEMENT = phrases(
    "yes | yeah | yep | sure | okay | ok | sounds good | sounds great | that works | works for me | "
    "works for us | perfect | great | absolutely | let's do | agreed | happy to | looking forward | "
    "good plan | i'll be there"
)

REFUSAL = phrases("no | not | don't | can't | won't | maybe | let me think | we'll see | i'll see")

RECAP = phrases(
    "to recap | to summarize | to summarise | to sum up | just to confirm | so to confirm | let me "
    "recap | quick recap | what we agreed"
)

PARAPHRASE = phrases(
    "what i'm hearing | what i hear | it sounds like | sounds like | if i understand | let me make "
    "sure i understand | make sure i understood | so you're saying | you mentioned | you said | did i "
    "get that right"
)
