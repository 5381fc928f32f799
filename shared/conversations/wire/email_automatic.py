"""Tells what a program has written in somebody's name: an absence note, a bounce, an answer to an invitation.

Headers tell it (RFC 3834 and older ways), else how the subject begins. Words alone never do: they raise a doubt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from shared.conversations.wire.email_people import core

_ABSENT = re.compile(
    r"\W{0,3}(?:(?:auto\w{0,12}|автомат\w{0,8}|αυτόματη|réponse|respuesta|risposta|resposta|răspuns|trả lời|balasan)"
    r"[ -]?(?:auto\w{0,12}|tự động|otomatis|reply|response|antwort|antwoord|svar|odpowied\w|odpov[eě]\w|odgovor|vastaus"
    r"|válasz"
    r"|відповідь|ответ|отговор|απάντηση)|odpowiedź automatyczna|out of (?:the )?office|ooo|away from (?:my|the) \w{2,8}"
    r"|otomatik yanıt|abwesen\w{1,20}|afwezig\w{0,10}|absence(?: du bureau)?|frånvaro\w{0,10}|fravær\w{0,10}"
    r"|fuera de la oficina|fuori sede|автоответ|自動応答|自動返信|不在通知|自[动動][答回][复覆]"
    r"|자동 ?(?:회신|응답)|부재중"
    r"|(?:תשובה|מענה) אוטומטית?|رد تلقائي|(?:การ)?ตอบกลับอัตโนมัติ)\s?(?:[:：]|re\b|$)",
    re.IGNORECASE,
)
_ANSWERED = re.compile(
    r"\W{0,3}(?:(?:accepted|declined|tentative(?:ly accepted)?|canceled event|updated invitation|new time proposed"
    r"|zugesagt|abgelehnt|mit vorbehalt|accepté|refusé|provisoire|aceptada|rechazada|provisional|accettato|rifiutato"
    r"|geaccepteerd|geweigerd|accepterat|avböjt|accepteret|afvist|zaakceptowano|odrzucono|принято|отклонено|aceito|recusado"
    r"|承諾済み|辞退|hyväksytty|hylätty|přijato|odmítnuto|elfogadva|elutasítva|kabul edildi|reddedildi|수락|거절"
    r"|已接受|已拒[绝絕]|godtatt|avslått|αποδεκτ[όή]|απορρίφθηκε|התקבל|נדחה)"
    r"|(?:undeliverable|undelivered mail|delivery status notification|mail delivery (?:failed|subsystem)|returned mail"
    r"|unzustellbar|non remis))\s?(?:[:：]|$)",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"(?:\bi(?:'m| am| will be)(?: currently| presently)? "
    r"(?:(?:out of (?:the )?office|away(?: from (?:the|my) \w{2,8})?)(?: until| from| and| with|[.,])"
    r"|(?:ooo|travell?ing|on (?:\w{3,10} )?(?:leave|holiday|vacation))\b)"
    r"|\bi no longer work (?:at|for|with)\b"
    r"|thank you for your (?:e-?mail|message)[.,!]? i(?:'m| am)\b.{0,30}\b(?:out|away|on (?:leave|holiday|vacation))"
    r"|\bich bin (?:derzeit|zurzeit|momentan|aktuell|bis|vom|ab).{0,40}"
    r"(?:nicht (?:im büro|erreichbar)|abwesend|im urlaub)"
    r"|\bje suis (?:actuellement )?(?:absente?|en congés?)\b|\bestoy (?:actualmente )?fuera de la oficina\b"
    r"|\bsono (?:attualmente )?(?:assente|fuori (?:sede|ufficio))\b|\bik ben (?:momenteel |op dit moment )?afwezig\b"
    r"|\bjag är (?:för närvarande )?(?:inte på kontoret|på semester)\b|\bjeg (?:er|holder) (?:ikke på kontoret|ferie)\b"
    r"|\bjestem (?:obecnie )?(?:poza biurem|na urlopie)\b|\bя (?:сейчас )?(?:не в офисе|в отпуске)\b"
    r"|\bestou (?:atualmente )?(?:fora do escritório|de férias|ausente)\b|不在にして|休暇をいただいて)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\W{0,3}([^\W\d_][^:：]{3,60})[:：]\s*")
MOST_WORDS_OF_A_LABEL = 4
_BULK = ("bulk", "junk", "auto_reply")
_MARKS = (
    "X-Autoreply",
    "X-Autorespond",
    "X-Auto-Reply",
    "X-Auto-Response-Suppress",
    "X-List-Administrivia",
    "X-Failed-Recipients",
)
_PROGRAMS = frozenset({"mailer-daemon", "postmaster", "no-reply", "noreply", "donotreply", "do-not-reply", "majordomo"})
_LIST_ENDS = ("-bounces", "-request", "-owner", "-noreply")
LONGEST_NOTE = 600
"""Characters of what may be an absence note and nothing else."""


def is_automatic(header: Callable[[str], str | None], sender: str) -> bool:
    """Tells whether a program has written a message, by its headers; a mailing list's mail is a person's."""
    submitted = (header("Auto-Submitted") or "no").partition(";")[0].strip().lower()
    kind = (header("Content-Type") or "").partition(";")[0].strip().lower()
    local = sender.partition("@")[0]
    return (
        submitted != "no"
        or (header("Precedence") or "").lower() in _BULK
        or any(header(name) is not None for name in _MARKS)
        or kind == "multipart/report"
        or (header("Return-Path") or "").strip() == "<>"
        or local in _PROGRAMS
        or local.endswith(_LIST_ENDS)
        or subject_is_automatic(header("Subject") or "")
    )


def subject_is_automatic(subject: str) -> bool:
    """Tells whether a subject begins as those of programs do, where no header says so."""
    subject = subject[:200]
    return bool(_ABSENT.match(subject) or _ANSWERED.match(subject))


def labels(subject: str, of_others: Collection[str]) -> bool:
    """Tells whether a subject is another message's with some words and a colon before it, in whatever language, that
    are no `Re:`: what programs answer has such subjects, and so has perhaps what a person has renamed.

    of_others: subjects of other messages, without what programs put before them, in small letters
    """
    found = _LABEL.match(core(subject))
    if found is None or len(found[1].split()) > MOST_WORDS_OF_A_LABEL:
        return False
    return core(core(subject)[found.end() :]) in of_others


def answers_an_invitation(content_type: str) -> bool:
    """Tells whether a part of a message is a calendar's answer, or takes a meeting back."""
    kind, _, parameters = content_type.lower().partition(";")
    method = parameters.replace('"', "").replace(" ", "")
    return kind.strip() == "text/calendar" and ("method=reply" in method or "method=cancel" in method)


def reads_like_an_absence_note(words: str) -> bool:
    """Tells whether words are perhaps an absence note without a header: a short message that begins as those do."""
    return len(words) <= LONGEST_NOTE and bool(_AWAY.search(words[:200]))
