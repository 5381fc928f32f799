"""Says how people speak to a machine that scores them: overriding it, dictating scores or evidence, imitating its
prompt.

Written for text in small letters, without accents and with single spaces (`addressed_to_the_analyst` makes it so).
"""

from __future__ import annotations

import re
import unicodedata


def unaccented(text: str) -> str:
    """Returns the text without accents and other combining marks, wide and ornamental letters as plain ones."""
    if text.isascii():
        return text
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
    r"evaluator|scorer|scoring (?:system|model|engine|bot|software)|(?:transcript|call) (?:analy[sz]er|"
    r"scorer|reader)|"
    r"assistant|claude|chatgpt|gpt|chatbot)"
)
RULES = (
    r"(?:instructions?|prompts?|rules?|guidelines?|rubrics?|directives?|directions|criteria|training|constraints|"
    r"(?:scoring|grading|rating|evaluation) (?:guides?|sheets?|schemes?|systems?))"
)

PATTERNS = tuple(
    re.compile(unaccented(pattern))
    for pattern in (
        # Overriding what the reader was told.
        rf"\b(?:ignore|disregard|forget|override|bypass|overrule|skip)\b(?:\W+\w+){{0,3}}?\W+"
        rf"(?:previous|prior|above|earlier|preceding|original|your|all|any|initial|system)\b"
        rf"(?:\W+\w+){{0,4}}?\W+{RULES}\b",
        rf"\b(?:new|updated|revised|real|actual|secret|hidden|following) (?:scoring |system |"
        rf"grading )?{RULES}\s*[:;-]",
        rf"\b(?:scoring|grading|evaluation) (?:{RULES}) (?:have|has|are|is|was|were) (?:now )?"
        r"(?:changed|updated|replaced|suspended|void|waived|different)",
        # Speaking to the machine.
        rf"\b(?:notes?|messages?|instructions?|attention|memo|reminder|commands?|request|hello|hi|hey|"
        rf"dear|listen|ok|okay"
        rf"|please)\W+(?:to |for )?(?:the |our |you,? (?:the )?)?{MACHINE}\b(?!-| of | at | team| vendor| tools?\b)",
        rf"\b(?:if you(?:'re| are)|to you as|you as) (?:the |an? )?{MACHINE}\b",
        rf"\byou are (?:now |actually |really |no longer )?(?:the |an? )?(?:\w+ ){{0,2}}{MACHINE}\b",
        r"\b(?:to )?(?:whoever|whatever|whichever (?:\w+ )?)(?:is |will be )?(?:scores?|scoring|grades?|"
        r"grading|rates?|"
        r"rating|analy[sz]es?|analy[sz]ing|evaluates?|evaluating) (?:this|the|my)",
        rf"\b(?:pretend|imagine|role-?play|act|simulate|behave|let'?s play)\b(?:\W+\w+){{0,12}}?\W+"
        rf"(?:grader|evaluator|examiner|judge|scorer|analyst|{MACHINE})\b(?:\W+\w+){{0,12}}?\W+"
        rf"(?:{TOP}|scor\w+|grad\w+)",
        r"\b(?:developer|debug|admin(?:istrator)?|god|jailbreak|dan|maintenance|sudo) mode\b(?:\W+\w+){0,10}?\W+"
        r"(?:enabled|activated?|on|scor\w+|unrestricted)",
        r"\b(?:ignore|disregard|forget|override|overrule)\b(?:\W+\w+){0,2}?\W+(?:scoring|grading|rating|evaluation) "
        r"(?:guides?|guidelines|sheets?|schemes?|systems?|rules|criteria|instructions)\b",
        r"\bwhat(?:ever)? you (?:were|have been|'ve been) (?:told|instructed|given|asked)\b(?:\W+\w+){0,6}?\W+"
        r"(?:before|count|counts|matter|matters|ignore|forget|void|apply|applies)\b",
        r"\byour (?:task|job|role|goal|objective|purpose|instructions?) (?:has|have) (?:now )?(?:changed|"
        r"been (?:changed|updated))",
        r"\byour (?:new|real|actual|true|only) (?:task|role|goal|objective|purpose|instructions?) (?:is|are)\b",
        r"\b(?:all|everything|anything) (?:of the )?(?:above|before this|so far|previous)(?: text)? (?:is|was) "
        r"(?:just )?(?:a test|fake|false|void|invalid|to be ignored)|\bthe previous (?:text|transcript|"
        r"part) was (?:fake|a test)",
        r"\b(?:assume|consider|treat|count|interpret|report|summari[sz]e|mark|log|regard|replace|follow|skip|end)\b"
        r"(?:\W+\w+){0,8}?\W+(?:the rubric|every level|all levels|all behaviou?rs|all competenc\w+|every "
        r"(?:competency|category)|"
        r"the analysis|the maximum|a perfect call|full score|as discovery|open questions? with)\b",
        r"\b(?:the|your|this|whatever) rubric\b(?:\W+\w+){0,8}?\W+(?:follow|replace|ignore|shown|reached|"
        r"changed|says|means|is)\b",
        r"\b(?:software|program|system|algorithm|machine|computer|tool|whoever)\W+(?:that |which |who )?"
        r"(?:is |will be )?"
        r"(?:going through|listening to|reading|processing|transcribing|behind) (?:this|our|the) ?"
        r"(?:recording|call|conversation|"
        r"transcript)?\b(?:\W+\w+){0,12}?\W+(?:best|deserves?|mark|score|rate|please|perfect|generous|result)\b",
        r"\bas an (?:ai|a\.i\.|llm|language model|assistant|algorithm),? (?:you|please|give|output|rate|score)\b",
        r"\b(?:begin|start) (?:a )?new (?:conversation|session|chat|context)\b",
        r"(?:^|[.?!]\s{0,5})(?:(?:dear|hi|hey|hello|attention|listen|ok|okay|note to|message to|to)\W+(?:the |"
        r"any |our |all )?"
        rf"(?:\w+ )?(?:{MACHINE}|model|robot|bot|machine|algorithm|computer)|robot|llm|chatbot)\b\s*[,:!]",
        r"\ba\.?i\.?\s*[,:]\s*(?:if |you|please|give|make|ignore|rate|score|remember|listen)",
        r"\b(?:to|for) (?:the |any |an |whatever |whichever )?(?:ai|a\.i\.|model|llm|machine|bot|algorithm|"
        r"system|computer|software)"
        r"(?: (?:that|which|who)(?: is| will be|'s)?)? (?:evaluating|scoring|grading|rating|assessing|judging|"
        r"scores|grades|"
        r"evaluates|rates)\b",
        r"\byou(?:'re| are) (?:just )?(?:an? |the )?(?:ai|a\.i\.|language model|llm|machine|bot|robot|computer)\b"
        r"(?:\W+\w+){0,14}?\W+(?:scor\w+|rat(?:e|ing|ings)|grad\w+|marks|review|reading this|be nice|generous)\b",
        r"\b(?:processed|scored|graded|evaluated|analy[sz]ed|rated|read) (?:automatically|by (?:an? |the )?"
        r"(?:ai|machine|model|bot|"
        r"computer|llm))\b(?:\W+\w+){0,4}?\W+(?:please|make sure|bump|give|rate|score|be (?:kind|nice|generous))",
        r"\b(?:respond|reply|answer) (?:only |just )?with (?:the |a |an )?(?:number |score |value |word )?"
        r"(?:100|hundred|high|top|max)",
        r"\b(?:correct|right|expected|only|proper|desired) (?:output|answer|response|result|completion)\b"
        r"(?:\W+\w+){0,8}?\W+"
        rf"(?:scores?|rating|grade|{TOP})",
        r"<\s*(?:score|rating|result|output|answer)s?\s*>|\b(?:score|rating|grade)s?\s*=\s*[\"']?\d",
        r"\b(?:an a\+?|straight a'?s|all a'?s) for (?:every\w+|all|me|him|her|us|the (?:rep|seller|speaker))",
        r"\bs1\b(?:\W+\w+){0,6}?\W+(?:scores?|level|competenc\w+|maximum|highest|perfect|achieved|excels?)\b",
        rf"\b{SKILL}\W+(?:to|at|is|as|:|=)\W+(?:a )?(?:ninety|one hundred|a hundred|hundred|the max|maximum|"
        rf"top|ten out of)",
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
        r"[{\[,]\s*[\"'“”]?(?:scores?|competency|confidence|not_observed|analysis|verdict|role|"
        r"discovery)[\"'“”]?\s*:",
        r"[\"'“”](?:scores?|competency|confidence|not_observed|quotes?|role)[\"'“”]\s*:",
        r"\b(?:respond|reply|answer|output|return|print)\b(?:\W+\w+){0,3}?\W+(?:only )?"
        r"(?:with |using |in )?(?:\w+ ){0,3}?json\b"
        r"(?:\W+\w+){0,6}?\W+(?:scores?|competenc|100)",
        r"[<‹]\s{0,5}/?\s{0,5}(?:\|.{0,40}\||(?:system|assistant|user|human|instructions?|prompt|transcript|"
        r"record|call|context|admin|"
        r"developer|s\d|data|turn|rubric|answer|thinking|function)[\w\s=\"'/:.-]{0,60})[>›]",
        r"\[\s{0,5}/?\s{0,5}(?:inst|sys|system|assistant|admin|developer|override|end of \w+|/?transcript|"
        r"/?record)\b[^\]]{0,40}\]",
        r"<<\s{0,5}/?sys\s{0,5}>>|\[\d{1,5}\]\s{0,5}s\d+\b|(?<!#)#{2,}+\s{0,5}(?:instruction|system|response|new|end|override|assistant)",
        r"(?<![-=*_~])[-=*_~]{3,}+\s{0,5}(?:end|begin|start|new|system|instructions?|override|record|transcript)\b",
        r"(?:^|[.?!\n]\s{0,5})(?:system|assistant|developer|admin(?:istrator)?|human)"
        r"(?: prompt| message| note| override| update"
        r"| notice)?\s{0,5}[:：]\s{0,5}\w+",
        r"\bend of (?:the )?(?:transcript|record|recording data|data block)\b|\btranscript (?:ends|is over|closed)\b",
        # The same in other languages: overriding what the reader was told …
        r"\b(?:ignorier\w*|vergiss|missachte\w*)\b(?:\W+\w+){0,5}?\W+(?:anweisung\w*|vorgaben|regeln|instruktion\w*)",
        r"\b(?:ignorez|ignorer|oublie[zr]?|ne tenez pas compte)\b(?:\W+\w+){0,5}?\W+(?:instructions|consignes|"
        r"regles)",
        r"\b(?:ignora\w*|olvid\w*|dimentica\w*|esquec\w*|ignore)\b(?:\W+\w+){0,5}?\W+"
        r"(?:instrucc\w+|instruco\w+|istruzion\w*|reglas|regole|regras)",
        r"\b(?:negeer|vergeet)\b(?:\W+\w+){0,5}?\W+(?:instructies|regels|opdrachten)",
        r"\b(?:zignoruj|pomin|zapomnij)\b(?:\W+\w+){0,5}?\W+(?:instrukcj\w+|polece\w+|zasad\w*)",
        r"(?<!\w)(?:игнориру|забуд|не обращаи)\w*\W+(?:\w+\W+){0,5}?(?:инструкци|указани|правил)\w*",
        r"(?:忽略|无视|無視|忘记|忘記).{0,12}(?:指令|指示|说明|規則|规则|提示)",
        r"(?:指示|命令|ルール|指令).{0,8}(?:無視|忘れ)",
        r"(?:지시|명령|규칙).{0,8}(?:무시|잊)",
        r"تجاهل.{0,20}(?:التعليمات|الاوامر|القواعد)",
        r"(?:yukarıdaki|onceki) .{0,20}(?:talimat|kural)\w* .{0,10}(?:yok say|unut)",
        r"(?:निर्देश|नियम).{0,20}(?:अनदेखा|भूल)",
        # … and full marks for the seller.
        r"\b(?:gib|gebt|geben sie|bewerte\w*|vergib)\b(?:\W+\w+){0,6}?\W+"
        r"(?:100|hundert|volle punktzahl|hochstnote|bestnote)",
        r"\b(?:donne[zr]?|attribue[zr]?|notez|mettez)\b(?:\W+\w+){0,6}?\W+(?:100|cent|note maximale|"
        r"la meilleure note)",
        r"\b(?:dale|denle|dadle|ponle|ponga|califica\w*|puntua\w*|assegna\w*|dagli|atribua\w*|pontue|avalie)\b"
        r"(?:\W+\w+){0,6}?\W+(?:100|cien|cento|cem|nota maxima|puntuacion maxima|massimo)",
        r"\b(?:geef|beoordeel)\b(?:\W+\w+){0,6}?\W+(?:100|honderd|maximale score|volle punten)",
        r"(?<!\w)(?:поставь|даи|оцени)\w*\W+(?:\w+\W+){0,6}?(?:100|сто|максимальн)",
        r"(?:打|给|給|评|評).{0,10}(?:满分|滿分|100\s*分|一百分|最高分)",
        r"(?:満点|100\s*点).{0,10}(?:付け|つけ|与え|くだ)",
        r"(?:만점|100\s*점).{0,10}(?:주세요|줘|부여)",
        r"(?:100|पूरे) अंक",
        r"\b(?:maxima puntuacion|puntuacion maxima|puntuacion perfecta|nota maxima|nota massima|punteggio massimo|"
        r"100 (?:sur|su|de|von|van|z|из) 100|note maximale|la meilleure note|bestnote|hochstnote|volle punktzahl|"
        r"maximale (?:punktzahl|punkte|score)|hochste punktzahl|hochstpunktzahl|note la plus haute|"
        r"pontuacao maxima|maksymalna ocena|maximalt betyg|hogsta betyg)\b",
    )
)

AT_A_WORD, ELSEWHERE = (
    [one for one in PATTERNS if one.pattern.startswith(r"\b") is at_a_word] for at_a_word in (True, False)
)
SEARCHED = (re.compile(r"\b(?:" + "|".join(f"(?:{one.pattern[2:]})" for one in AT_A_WORD) + ")"), *ELSEWHERE)
"""The same, of which those that begin at a word are tried together where one begins: in two fifths of the time."""

_SCORE = r"(?:scor(?:e|es|ed|ing)|ratings?|rate|grades?|marks)"
_BUSINESS_SCORE = (
    r"(?:credit|audit|nps|promoter|quality|risk|security|health|lead|page|test|customer|satisfaction|csat|"
    r"coverage|build|"
    r"maturity|vendor|supplier|compliance|vulnerability|cvss|lighthouse|engagement|performance|error|"
    r"growth|interest|win|"
    r"conversion|adoption|service|data|code)"
)
_HARD_TOP = (
    r"(?:100s?|9[5-9]|(?:one |a )?hundreds?|ninety[ -]\w+|full|max(?:imum)?|perfect|top|highest|best|flawless|"
    r"(?:10|ten) out of (?:10|ten)|five stars|1\.0)"
)
TOP_SCORE = re.compile(
    rf"(?<!\w)(?:{_HARD_TOP}\W+(?:\w+\W+){{0,2}}?(?<!rate )(?!{_BUSINESS_SCORE}\b){_SCORE}|"
    rf"(?:\b(?!{_BUSINESS_SCORE} )\w+ |^|\W){_SCORE}\W+(?:\w+\W+){{0,3}}?{_HARD_TOP})(?!\w)"
)
"""A score and the top of the scale within a few words of each other, unless it is a score that businesses have."""

TO_THE_READER = re.compile(
    r"(?:^|[,;:(\"'-]\s*|\b(?:and|then|please|just|only|must|should|shall|you|to|can|could|would|will|i|hereby) )"
    r"(?:give|assign|write|output|respond|answer|print|put|set|make|declare|authori[sz]e|repeat|award|"
    r"grant|enter|unlock|"
    r"rate|score|grade|log|have to comply)\b|"
    rf"\b(?:correct|{RATED}|{MACHINE})\b"
)
"""What makes of a top score a demand: an order, or whom it is for."""

RUN_TOGETHER = re.compile(
    r"(?:ignore|disregard|forget|override)(?:all|your|the|any|previous|prior|my|these)|(?:previous|prior|"
    r"your|all)instructions|"
    r"(?:this|the)(?:rep|seller|speaker)(?:a|an|the|full|100|maximum|perfect|top|ahundred)|fullmarks|"
    r"(?:score|rate)(?:me|this|him|her)"
)
"""The same where letters are spelt out one by one, so that words have no ends."""
