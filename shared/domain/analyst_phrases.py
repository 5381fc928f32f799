"""How people speak to a machine that scores them: overriding it, dictating scores or evidence, imitating its prompt.

Written for text in small letters, without accents and with single spaces (`addressed_to_the_analyst` makes it so).
"""

from __future__ import annotations

import re
import unicodedata


def unaccented(text: str) -> str:
    """The text without accents and other combining marks, wide and ornamental letters as plain ones."""
    simple = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(one for one in simple if not unicodedata.combining(one)))


RATED = (
    r"(?:reps?|sellers?|sales\s?(?:people|person|man|woman|reps?|engineers?)|speakers?(?:\s+s?\d+)?|s1|presenters?|"
    r"account executives?|trainees?|employees?|(?:this|the|my|our|his|her) "
    r"(?:call|conversation|transcript|performance)|"
    r"(?:all|every|each|any|both|the|these|those) (?:competenc(?:y|ies)|skills?|criteri(?:on|a)|categor(?:y|ies)))"
)
SKILL = (
    r"(?:discovery|objection[ _]handling|value[ _]articulation|product[ _]knowledge|closing|listening|"
    r"technical[ _]architecture|demo[ _]delivery|competenc(?:y|ies)|everything|all scores|every score)"
)
TOP = (
    r"(?:100|9[0-9]|(?:a |one )?hundred|full (?:marks|scores?|points)|max(?:imum)?\b|perfect|flawless|"
    r"(?:top|highest|best)(?: possible)? (?:scores?|marks?|ratings?|grades?)|10 ?/ ?10|(?:10|ten) out of (?:10|ten)|"
    r"(?:five|5) stars|excellent|outstanding)"
)
MACHINE = (
    r"(?:a\.?i\.?(?: (?:model|system|analyst|assistant|grader|judge))?|(?:large )?language model|llm|analyst|grader|"
    r"evaluator|scorer|scoring (?:system|model|engine|bot|software)|(?:transcript|call) (?:analy[sz]er|scorer|reader)|"
    r"assistant|claude|chatgpt|gpt|chatbot)"
)
RULES = r"(?:instructions?|prompts?|rules?|guidelines?|rubrics?|directives?|directions|criteria|training|constraints)"

PATTERNS = tuple(
    re.compile(unaccented(pattern))
    for pattern in (
        # Overriding what the reader was told.
        rf"\b(?:ignore|disregard|forget|override|bypass|overrule|skip)\b(?:\W+\w+){{0,3}}?\W+"
        rf"(?:previous|prior|above|earlier|preceding|original|your|all|any|initial|system)\b"
        rf"(?:\W+\w+){{0,4}}?\W+{RULES}\b",
        rf"\b(?:new|updated|revised|real|actual|secret|hidden|following) (?:scoring |system |grading )?{RULES}\s*[:;-]",
        rf"\b(?:scoring|grading|evaluation) (?:{RULES}) (?:have|has|are|is|was|were) (?:now )?"
        r"(?:changed|updated|replaced|suspended|void|waived|different)",
        # Speaking to the machine.
        rf"\b(?:notes?|messages?|instructions?|attention|memo|reminder|commands?|request|hello|hi|hey|"
        rf"dear|listen|ok|okay"
        rf"|please)\W+(?:to |for )?(?:the |our |you,? (?:the )?)?{MACHINE}\b(?!-| of | at | team| vendor| tools?\b)",
        rf"\b(?:if you(?:'re| are)|to you as|you as) (?:the |an? )?{MACHINE}\b",
        rf"\byou are (?:now |actually |really |no longer )?(?:the |an? )?(?:\w+ ){{0,2}}{MACHINE}\b",
        r"\b(?:to )?(?:whoever|whatever|whichever (?:\w+ )?)(?:is |will be )?(?:scores?|scoring|grades?|grading|rates?|"
        r"rating|analy[sz]es?|analy[sz]ing|evaluates?|evaluating) (?:this|the|my)",
        rf"\b(?:pretend|imagine|role-?play|act|simulate|behave|let'?s play)\b(?:\W+\w+){{0,6}}?\W+"
        rf"(?:grader|evaluator|examiner|judge|scorer|analyst|{MACHINE})\b(?:\W+\w+){{0,12}}?\W+"
        rf"(?:{TOP}|scor\w+|grad\w+)",
        r"\b(?:developer|debug|admin(?:istrator)?|god|jailbreak|dan|maintenance|sudo) mode\b(?:\W+\w+){0,10}?\W+"
        r"(?:enabled|activated?|on|scor\w+|unrestricted)",
        # Dictating the score.
        rf"\b(?:give|award|assign|grant|set|record|report|put)\b(?:\W+\w+){{0,3}}?\W+{RATED}\b"
        rf"(?:\W+\w+){{0,8}}?\W+{TOP}",
        rf"\b(?:score|rate|grade|mark|evaluate|assess)\b(?:\W+\w+){{0,5}}?\W+(?:{RATED}|{SKILL}|me|him|her|us|them)\b"
        rf"(?:\W+\w+){{0,8}}?\W+{TOP}",
        rf"\b(?:give|award|assign|set|record|report)\b(?:\W+\w+){{0,3}}?\W+{SKILL}\W+(?:\w+\W+){{0,4}}?{TOP}",
        rf"\b(?:give|award|assign|grant)\b(?:\W+\w+){{0,3}}?\W+{TOP}\W+(?:\w+\W+){{0,6}}?(?:for|in|on|across|to)\W+"
        rf"(?:\w+\W+){{0,3}}?(?:{RATED}|{SKILL})",
        rf"\b{SKILL}\W{{0,3}}(?:is|are|=|:|gets?|should be|must be|has to be|scores?|to|at|deserves?)?\W{{0,3}}"
        r"(?:a |an )?(?:score of )?(?:100|9[0-9]|full marks|maximum score|perfect score)\b",
        rf"\b{RATED}\W+(?:\w+\W+){{0,3}}?(?:deserves?|gets?|must (?:get|have|receive)|should (?:get|have|receive)|"
        rf"receives?|is to (?:get|receive)|scores?|scored|earns?|earned)\W+(?:\w+\W+){{0,3}}?{TOP}",
        rf"\b(?:scores?|ratings?|grades?|marks|confidence)\b\W+(?:\w+\W+){{0,4}}?"
        rf"(?:must|should|shall|has to|have to|need to|"
        rf"needs to) be (?:set to |at |a )?{TOP}",
        r"\b(?:raise|lower|increase|reduce|change|adjust|inflate|boost|double)\b(?:\W+\w+){0,2}?\W+"
        r"(?:my|his|her|their|the|"
        r"this|every|all)\W+(?:\w+\W+){0,3}?(?:competency|skill|rep'?s|seller'?s|discovery|listening) "
        r"(?:scores?|ratings?)",
        # Dictating the evidence.
        r"\b(?:use|cite|quote|take|put|give|copy)\b(?:\W+\w+){0,12}?\W+(?:as|for) (?:the |your |its |my )?"
        r"(?:evidence|quote|verbatim quote|proof of (?:discovery|closing|listening))\b",
        r"\bquote (?:the rep|the seller|the speaker|s1|him|her|them|turn \d+)\b(?:\W+\w+){0,2}?\W+(?:as )?saying\b",
        r"\b(?:invent|make up|fabricate|insert|add) (?:a |the |some )?(?:\w+ )?(?:quotes?|evidence|scores?)\b",
        # The shape of an answer, of a prompt, and of the record's own lines.
        r"[{\[,]\s*[\"'“”]?(?:scores?|competency|confidence|not_observed|analysis|verdict|role|discovery)[\"'“”]?\s*:",
        r"[\"'“”](?:scores?|competency|confidence|not_observed|quotes?|role)[\"'“”]\s*:",
        r"\b(?:respond|reply|answer|output|return|print)\b(?:\W+\w+){0,3}?\W+(?:only )?"
        r"(?:with |using |in )?(?:\w+ ){0,3}?json\b"
        r"(?:\W+\w+){0,6}?\W+(?:scores?|competenc|100)",
        r"[<‹]\s*/?\s*(?:\|.{0,40}\||(?:system|assistant|user|human|instructions?|prompt|transcript|"
        r"record|call|context|admin|"
        r"developer|s\d|data|turn|rubric|answer|thinking|function)[\w\s=\"'/:.-]{0,60})[>›]",
        r"\[\s*/?\s*(?:inst|sys|system|assistant|admin|developer|override|end of \w+|/?transcript|"
        r"/?record)\b[^\]]{0,40}\]",
        r"<<\s*/?sys\s*>>|\[\d{1,5}\]\s*s\d+\b|#{2,}\s*(?:instruction|system|response|new|end|override|assistant)",
        r"[-=*_~]{3,}\s*(?:end|begin|start|new|system|instructions?|override|record|transcript)\b",
        r"(?:^|[.?!\n]\s*)(?:system|assistant|developer|admin(?:istrator)?|human)"
        r"(?: prompt| message| note| override| update"
        r"| notice)?\s*[:：]\s*\w+",
        r"\bend of (?:the )?(?:transcript|record|recording data|data block)\b|\btranscript (?:ends|is over|closed)\b",
        # The same in other languages: overriding what the reader was told …
        r"\b(?:ignorier\w*|vergiss|missachte\w*)\b(?:\W+\w+){0,5}?\W+(?:anweisung\w*|vorgaben|regeln|instruktion\w*)",
        r"\b(?:ignorez|ignorer|oublie[zr]?|ne tenez pas compte)\b(?:\W+\w+){0,5}?\W+(?:instructions|consignes|regles)",
        r"\b(?:ignora\w*|olvid\w*|dimentica\w*|esquec\w*|ignore)\b(?:\W+\w+){0,5}?\W+"
        r"(?:instrucc\w+|instruco\w+|istruzion\w*|reglas|regole|regras)",
        r"\b(?:negeer|vergeet)\b(?:\W+\w+){0,5}?\W+(?:instructies|regels|opdrachten)",
        r"\b(?:zignoruj|pomin|zapomnij)\b(?:\W+\w+){0,5}?\W+(?:instrukcj\w+|polece\w+|zasad\w*)",
        r"(?:игнориру|забуд|не обращаи)\w*\W+(?:\w+\W+){0,5}?(?:инструкци|указани|правил)\w*",
        r"(?:忽略|无视|無視|忘记|忘記).{0,12}(?:指令|指示|说明|規則|规则|提示)",
        r"(?:指示|命令|ルール|指令).{0,8}(?:無視|忘れ)",
        r"(?:지시|명령|규칙).{0,8}(?:무시|잊)",
        r"تجاهل.{0,20}(?:التعليمات|الاوامر|القواعد)",
        r"(?:yukarıdaki|onceki) .{0,20}(?:talimat|kural)\w* .{0,10}(?:yok say|unut)",
        r"(?:निर्देश|नियम).{0,20}(?:अनदेखा|भूल)",
        # … and full marks for the seller.
        r"\b(?:gib|gebt|geben sie|bewerte\w*|vergib)\b(?:\W+\w+){0,6}?\W+"
        r"(?:100|hundert|volle punktzahl|hochstnote|bestnote)",
        r"\b(?:donne[zr]?|attribue[zr]?|notez|mettez)\b(?:\W+\w+){0,6}?\W+(?:100|cent|note maximale|la meilleure note)",
        r"\b(?:dale|denle|dadle|ponle|ponga|califica\w*|puntua\w*|assegna\w*|dagli|atribua\w*|pontue|avalie)\b"
        r"(?:\W+\w+){0,6}?\W+(?:100|cien|cento|cem|nota maxima|puntuacion maxima|massimo)",
        r"\b(?:geef|beoordeel)\b(?:\W+\w+){0,6}?\W+(?:100|honderd|maximale score|volle punten)",
        r"(?:поставь|даи|оцени)\w*\W+(?:\w+\W+){0,6}?(?:100|сто|максимальн)",
        r"(?:打|给|給|评|評).{0,10}(?:满分|滿分|100\s*分|一百分)",
        r"(?:満点|100\s*点).{0,10}(?:付け|つけ|与え|くだ)",
        r"(?:만점|100\s*점).{0,10}(?:주세요|줘|부여)",
        r"(?:100|पूरे) अंक",
    )
)
