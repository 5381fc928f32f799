"""Lists what makes up the demonstration organisation: invented people, accounts, content and sentences of evidence."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

DOMAIN = "augmentcode.com"

ENGINEERS: tuple[str, ...] = (
    "Joe Smith",
    "Sarah Johnson",
    "Mike Torres",
    "Amara Okafor",
    "Wei Zhang",
    "Priya Raman",
    "Lukas Brandt",
    "Fatima Haddad",
    "Diego Morales",
    "Hannah Cohen",
    "Kwame Mensah",
    "Yuki Tanabe",
    "Olga Petrenko",
    "Tariq Aziz",
    "Ines Duarte",
    "Callum Fraser",
    "Mei-Ling Chua",
    "Rafael Pinto",
    "Nadia Benali",
    "Erik Lindqvist",
    "Zanele Khumalo",
    "Arjun Mehta",
    "Chloe Martin",
    "Tomasz Nowicki",
    "Leila Farahani",
    "Grace Wambui",
    "Andrei Popa",
    "Sofia Ricci",
    "Hiroshi Endo",
    "Maya Thapa",
    "Ben Carter",
    "Aisha Bello",
    "Jonas Vogel",
    "Camila Rojas",
    "Min-jun Seo",
    "Ruth Abebe",
    "Patrick Nolan",
    "Thuy Pham",
    "Elena Markova",
    "Samir Khoury",
)
MANAGERS: tuple[str, ...] = (
    "Rosa Delgado",
    "Henrik Aalto",
    "Nkechi Eze",
    "Daniel Weiss",
    "Anjali Desai",
    "Marc Lefevre",
)
SENIOR_MANAGER = "Claire Whitmore"
CRO = "Victor Adeyemi"
ENABLEMENT = "Naomi Feldman"
ADMINISTRATOR = "Stefan Kovac"

SHORT_ADDRESSES = {"Joe Smith": "joe", "Sarah Johnson": "sarah"}
"""The two whose addresses the product's specification uses in its example payloads."""

ACCOUNTS: dict[str, tuple[str, ...]] = {
    "healthcare": (
        "Acme Health",
        "Larkspur Clinics",
        "Bayview Care Group",
        "Northern Hospitals Trust",
        "Cedar Diagnostics",
        "Halden Pharma",
        "Meridian Payers",
        "Orchard Imaging",
    ),
    "fintech": (
        "Fintech Corp",
        "Quayside Bank",
        "Pelican Payments",
        "Tern Lending",
        "Granite Mutual",
        "Copperfield Markets",
        "Ledgerline",
        "Harbour Insurance",
    ),
    "manufacturing": (
        "Ironbridge Motors",
        "Kestrel Aerospace",
        "Vulcan Castings",
        "Brightwater Paper",
        "Tamar Robotics",
        "Solent Marine",
        "Oakhurst Tools",
        "Delta Packaging",
    ),
    "retail": (
        "Marlow Stores",
        "Juniper Home",
        "Fernway Foods",
        "Cobalt Sports",
        "Saffron Fashion",
        "Pinecrest Grocers",
        "Lantern Books",
        "Willow Pets",
    ),
    "technology": (
        "Heron Software",
        "Stackyard",
        "Opal Analytics",
        "Bluefin Cloud",
        "Rook Security",
        "Papertrail Systems",
        "Finch Networks",
        "Tidewater Games",
    ),
}


class Content(NamedTuple):
    """A content piece. minutes: how long it takes; quiz: it ends with one."""

    content_id: str
    title: str
    activity_type: str
    competencies: tuple[str, ...]
    minutes: int
    industry: str | None = None
    product_line: str | None = None
    quiz: bool = False


BOOTCAMP = Content("discovery-bootcamp", "Discovery bootcamp", "course", ("discovery", "listening"), 240, quiz=True)
"""Given to a random half of the organisation on one day, so that a comparison has a fair other half."""

CONTENT: tuple[Content, ...] = (
    Content("discovery-fundamentals", "Discovery fundamentals", "course", ("discovery",), 45, quiz=True),
    Content("questions-that-open", "Questions that open", "video", ("discovery", "listening"), 12),
    Content("objections-in-four-steps", "Objections in four steps", "video", ("objection_handling",), 10),
    Content(
        "objections-workbook", "Objections: a workbook", "course", ("objection_handling", "listening"), 40, quiz=True
    ),
    Content("value-in-figures", "Value in figures", "course", ("value_articulation",), 40, quiz=True),
    Content("talking-to-a-cfo", "Talking to a CFO", "podcast", ("value_articulation", "closing"), 15),
    Content("next-steps-that-hold", "Next steps that hold", "video", ("closing", "stakeholder_mapping"), 12),
    Content("mutual-plan-template", "The mutual plan, explained", "documentation", ("closing",), 10),
    Content("architecture-patterns", "Architecture patterns", "course", ("technical_architecture",), 50, quiz=True),
    Content("demo-from-the-result", "Demonstrate from the result", "video", ("demo_delivery",), 15),
    Content("competitor-battlecard", "Competitors at a glance", "battlecard", ("competitive_positioning",), 5),
    Content(
        "security-basics",
        "Security and compliance basics",
        "course",
        ("security_and_compliance",),
        45,
        quiz=True,
    ),
    Content(
        "platform-overview",
        "The platform in depth",
        "course",
        ("product_knowledge", "technical_architecture"),
        60,
        product_line="platform",
        quiz=True,
    ),
    Content(
        "platform-v2-release-notes",
        "Platform v2: what changed",
        "documentation",
        ("product_knowledge",),
        15,
        product_line="platform-v2",
    ),
    Content(
        "platform-v2-course",
        "Platform v2 for sales engineers",
        "course",
        ("product_knowledge",),
        60,
        product_line="platform-v2",
        quiz=True,
    ),
    Content(
        "security-module-tour",
        "A tour of the security module",
        "video",
        ("product_knowledge", "security_and_compliance"),
        18,
        product_line="security-module",
    ),
    Content(
        "integrations-handbook",
        "Integrations handbook",
        "documentation",
        ("product_knowledge", "technical_architecture"),
        20,
        product_line="integrations",
    ),
    Content(
        "healthcare-discovery-primer",
        "Healthcare discovery in 15 minutes",
        "podcast",
        ("discovery", "healthcare_knowledge"),
        15,
        industry="healthcare",
    ),
    Content(
        "hipaa-talking-points",
        "HIPAA talking points",
        "battlecard",
        ("healthcare_knowledge", "objection_handling"),
        5,
        industry="healthcare",
    ),
    Content(
        "fintech-discovery-primer",
        "Fintech discovery in 15 minutes",
        "podcast",
        ("discovery", "fintech_knowledge"),
        15,
        industry="fintech",
    ),
    Content(
        "fintech-controls",
        "Controls in financial services",
        "course",
        ("fintech_knowledge",),
        30,
        industry="fintech",
        quiz=True,
    ),
    Content(
        "manufacturing-primer",
        "The shop floor in 15 minutes",
        "podcast",
        ("discovery", "industry_knowledge"),
        15,
        industry="manufacturing",
    ),
    Content(
        "retail-primer",
        "Retail before the peak",
        "podcast",
        ("value_articulation", "industry_knowledge"),
        15,
        industry="retail",
    ),
    Content(
        "technology-primer",
        "Selling to engineers",
        "podcast",
        ("product_knowledge", "industry_knowledge"),
        15,
        industry="technology",
    ),
)

STAGES: dict[str, tuple[tuple[str, float], ...]] = {
    # Which competencies a call of this stage shows, and how often each is seen well enough to be scored.
    "discovery": (("discovery", 1.0), ("listening", 0.9), ("value_articulation", 0.5), ("closing", 0.6)),
    "technical_discovery": (("discovery", 1.0), ("product_knowledge", 0.8), ("technical_architecture", 0.6)),
    "demo": (
        ("demo_delivery", 1.0),
        ("product_knowledge", 0.9),
        ("value_articulation", 0.8),
        ("objection_handling", 0.6),
    ),
    "technical_validation": (
        ("technical_architecture", 1.0),
        ("product_knowledge", 0.9),
        ("objection_handling", 0.7),
        ("security_and_compliance", 0.4),
    ),
    "negotiation": (
        ("closing", 1.0),
        ("objection_handling", 0.9),
        ("value_articulation", 0.7),
        ("negotiation_support", 0.7),
    ),
}
STAGE_WEIGHTS = (0.3, 0.2, 0.22, 0.15, 0.13)

PERSONAS: tuple[tuple[str, float], ...] = (
    ("technical_architect", 0.3),
    ("engineering_manager", 0.2),
    ("ciso", 0.15),
    ("cto", 0.15),
    ("cfo", 0.08),
    ("purchasing", 0.12),
)

EVIDENCE: dict[str, tuple[str, str, str]] = {
    # Below 60, from 60, from 80; {n} is a small number.
    "discovery": (
        "Asked {n} closed questions, moved to the presentation before the problem was clear",
        "Asked {n} open questions about the current process, did not ask what the problem costs",
        "Asked {n} open questions, had the cost of the problem estimated and the decision process confirmed",
    ),
    "objection_handling": (
        "Answered the concern about effort with a prepared line; it came back twice",
        "Acknowledged the budget concern and answered it correctly, without evidence",
        "Asked what was behind the budget concern, answered with a comparable case's figures, checked that it held",
    ),
    "value_articulation": (
        "Listed {n} features without saying for whom they matter",
        "Tied two capabilities to the stated problem, no figure",
        "Put a figure of the customer's own on the gain and named who has it",
    ),
    "product_knowledge": (
        "Promised a capability without knowing whether it exists",
        "Explained the common use correctly, deferred {n} detailed questions",
        "Answered {n} detailed questions correctly and named the limits unasked",
    ),
    "closing": (
        'The call ended with "we will send something"',
        "Agreed a follow-up with a date; its purpose stayed open",
        "Agreed the next step with date, owners on both sides and what counts as done",
    ),
    "listening": (
        "Interrupted {n} times and answered a question that was not asked",
        "Let others finish; took up {n} of the customer's points",
        "Summed up in the customer's words and brought in the person who had not spoken",
    ),
    "technical_architecture": (
        "Showed the reference diagram, could not place it in the customer's landscape",
        "Drew the interfaces correctly, left identity open",
        "Designed interfaces, identity and failure with the customer, named {n} assumptions",
    ),
    "demo_delivery": (
        "Toured {n} features in the product's order",
        "Showed the relevant part and said why, little exchange",
        "Opened with the result that the customer had named and stopped {n} times to ask",
    ),
    "security_and_compliance": (
        "Named a certification and could not say what it covers",
        "Answered the standard questions correctly, key handling stayed vague",
        "Explained data flow, access and retention for this customer with the right documents",
    ),
    "negotiation_support": (
        "Offered more scope without getting anything for it",
        "Defended the scope with facts, offered no alternative",
        "Traded a later start for the full scope and had it recorded",
    ),
}


def address(name: str) -> str:
    """Returns joe@… and sarah@… for the two of the specification, first.last@… for all others."""
    local = SHORT_ADDRESSES.get(name) or name.lower().replace("-", "").replace(" ", ".")
    return f"{local}@{DOMAIN}"


def size_of(account: str) -> str:
    """Returns an account's size: it has one, and half are enterprises."""
    return ("enterprise", "enterprise", "mid-market", "smb")[hashlib.sha256(account.encode()).digest()[0] % 4]
