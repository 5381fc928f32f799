"""Twelve languages as mail programs and people write them: labels, introductions, and what two people say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Language:
    """One language.

    labels: From, Sent, To, Subject, Date. wrote: an introduction with {date}, {time}, {who}. said: one without a date
    date, long_date: of 10 November 2026, short and in words. hello: a greeting with {name}. bye: a closing
    own, theirs: paragraphs of the author and of the other; {other} is the other's first name
    """

    code: str
    labels: tuple[str, str, str, str, str]
    wrote: str
    said: str
    original: str
    forwarded: str
    ticket: str
    device: str
    date: str
    long_date: str
    hello: str
    bye: str
    names: tuple[tuple[str, str], tuple[str, str]]
    own: tuple[str, ...]
    theirs: tuple[str, ...]


LATIN = (("Joe Reilly", "joe.reilly"), ("Ada Brook", "ada.brook"))

LANGUAGES = (
    Language(
        "en",
        ("From", "Sent", "To", "Subject", "Date"),
        "On {date} at {time}, {who} wrote:",
        "{who} said:",
        "Original Message",
        "Forwarded message",
        "Please type your reply above this line",
        "Sent from my iPhone",
        "Tue, Nov 10, 2026",
        "Tuesday, November 10, 2026",
        "Hi {name},",
        "Best regards,",
        LATIN,
        (
            "Thanks, noted. I will send you the plan on Thursday at 10:00 so that your team can read it first.",
            "As {other} asked last week: the pilot covers two repositories and ends after four weeks.",
            "There are three things to do:\n- invite the security team\n- agree on a budget\n- pick a start date",
            "Who signs the purchase on your side, and what would stop them?",
        ),
        (
            "We looked at the trial numbers again and save about 300 hours a quarter, worth 90 thousand euros to us.",
            "What does the index do when a repository is renamed, and why does a webhook need permission to write?",
            "My colleagues worry about vendor lock-in; finance insists upon quarterly invoices.",
        ),
    ),
    Language(
        "de",
        ("Von", "Gesendet", "An", "Betreff", "Datum"),
        "Am {date} um {time} schrieb {who}:",
        "{who} meinte:",
        "Ursprüngliche Nachricht",
        "Weitergeleitete Nachricht",
        "Bitte antworten Sie oberhalb dieser Zeile",
        "Von meinem iPhone gesendet",
        "10.11.2026",
        "Dienstag, 10. November 2026",
        "Hallo {name},",
        "Viele Grüße",
        LATIN,
        (
            "Danke, ist notiert. Den Plan schicke ich am Donnerstag um 10:00, damit Ihr Team ihn vorher lesen kann.",
            "Wie von {other} gefragt: der Pilot umfasst zwei Projekte und endet nach vier Wochen.",
            "Drei Dinge sind offen:\n- Sicherheit einladen\n- Budget klären\n- Termin wählen",
            "Wer unterschreibt bei Ihnen, und woran könnte es scheitern?",
        ),
        (
            "Wir haben die Zahlen nochmals angesehen und sparen rund 300 Stunden je Quartal, etwa 90 Tausend Euro.",
            "Was macht der Index, wenn ein Verzeichnis umbenannt wird, und wozu braucht ein Webhook Schreibrechte?",
            "Meine Kollegen fürchten Abhängigkeit vom Anbieter; unsere Buchhaltung besteht auf Rechnungen.",
        ),
    ),
    Language(
        "fr",
        ("De", "Envoyé", "À", "Objet", "Date"),
        "Le {date} à {time}, {who} a écrit :",
        "{who} disait :",
        "Message d'origine",
        "Message transféré",
        "Merci de répondre au-dessus de cette ligne",
        "Envoyé de mon iPhone",
        "mar. 10 nov. 2026",
        "mardi 10 novembre 2026",
        "Bonjour {name},",
        "Cordialement,",
        LATIN,
        (
            "Merci, c'est noté. J'envoie le plan jeudi à 10:00 pour que votre équipe puisse le lire avant.",
            "Comme {other} le demandait : le pilote couvre deux dépôts et dure quatre semaines.",
            "Il reste trois choses :\n- inviter la sécurité\n- fixer un budget\n- choisir une date",
            "Qui signe chez vous, et qu'est-ce qui pourrait l'arrêter ?",
        ),
        (
            "Nous avons revu les chiffres et gagnons environ 300 heures par trimestre, soit 90 mille euros.",
            "Que fait l'index quand un projet change de nom, et pourquoi un webhook exige-t-il une permission ?",
            "Mes collègues redoutent la dépendance envers un fournisseur ; nos comptables veulent des factures.",
        ),
    ),
    Language(
        "es",
        ("De", "Enviado", "Para", "Asunto", "Fecha"),
        "El {date} a las {time}, {who} escribió:",
        "{who} decía:",
        "Mensaje original",
        "Mensaje reenviado",
        "Por favor responda encima de esta línea",
        "Enviado desde mi iPhone",
        "mar, 10 nov 2026",
        "martes, 10 de noviembre de 2026",
        "Hola {name},",
        "Un saludo,",
        LATIN,
        (
            "Gracias, anotado. Mando el plan el jueves a las 10:00 para que su equipo lo lea antes.",
            "Como preguntaba {other}: el piloto cubre dos repositorios y termina en cuatro semanas.",
            "Quedan tres cosas:\n- invitar a seguridad\n- acordar un presupuesto\n- elegir fecha",
            "¿Quién firma por su parte, y qué lo frenaría?",
        ),
        (
            "Hemos revisado las cifras y ahorramos unas 300 horas al trimestre, cerca de 90 mil euros.",
            "¿Qué hace el índice si un proyecto cambia de nombre, y por qué necesita permiso un webhook?",
            "Mis compañeros temen depender del proveedor; nuestra contabilidad exige facturas trimestrales.",
        ),
    ),
    Language(
        "it",
        ("Da", "Inviato", "A", "Oggetto", "Data"),
        "Il giorno {date} alle ore {time} {who} ha scritto:",
        "{who} diceva:",
        "Messaggio originale",
        "Messaggio inoltrato",
        "Si prega di rispondere sopra questa riga",
        "Inviato da iPhone",
        "mar 10 nov 2026",
        "martedì 10 novembre 2026",
        "Ciao {name},",
        "Cordiali saluti",
        LATIN,
        (
            "Grazie, preso nota. Mando il piano giovedì alle 10:00 così la vostra squadra lo legge prima.",
            "Come chiedeva {other}: la prova copre due archivi e dura quattro settimane.",
            "Restano tre cose:\n- invitare la sicurezza\n- fissare un budget\n- scegliere una data",
            "Chi firma da voi, e cosa potrebbe fermarlo?",
        ),
        (
            "Abbiamo rivisto i numeri e risparmiamo circa 300 ore al trimestre, quasi 90 mila euro.",
            "Che succede all'indice quando un progetto viene rinominato, e perché serve un permesso al webhook?",
            "Molti colleghi temono vincoli col fornitore; nostra contabilità pretende fatture trimestrali.",
        ),
    ),
    Language(
        "nl",
        ("Van", "Verzonden", "Aan", "Onderwerp", "Datum"),
        "Op {date} om {time} schreef {who}:",
        "{who} zei:",
        "Oorspronkelijk bericht",
        "Doorgestuurd bericht",
        "Typ uw antwoord boven deze regel",
        "Verzonden vanaf mijn iPhone",
        "di 10 nov 2026",
        "dinsdag 10 november 2026",
        "Hoi {name},",
        "Met vriendelijke groet,",
        LATIN,
        (
            "Dank, genoteerd. Ik stuur het plan donderdag om 10:00 zodat jullie team het eerst kan lezen.",
            "Zoals {other} vroeg: de proef omvat twee projecten en eindigt na vier weken.",
            "Er zijn drie dingen te doen:\n- beveiliging uitnodigen\n- budget afspreken\n- datum kiezen",
            "Wie tekent er bij jullie, en wat zou hem tegenhouden?",
        ),
        (
            "We hebben nogmaals naar cijfers gekeken en besparen ongeveer 300 uur per kwartaal, 90 duizend euro.",
            "Wat gebeurt er als een map hernoemd wordt, en waarom heeft de webhook schrijfrechten nodig?",
            "Mijn collega's vrezen afhankelijkheid; onze boekhouding wil facturen per kwartaal.",
        ),
    ),
    Language(
        "sv",
        ("Från", "Skickat", "Till", "Ämne", "Datum"),
        "Den {date} kl. {time} skrev {who}:",
        "{who} sade:",
        "Ursprungligt meddelande",
        "Vidarebefordrat meddelande",
        "Svara ovanför denna rad",
        "Skickat från min iPhone",
        "tis 10 nov. 2026",
        "den 10 november 2026",
        "Hej {name},",
        "Med vänlig hälsning",
        LATIN,
        (
            "Tack, noterat. Jag skickar planen på torsdag kl. 10:00 så att ert team hinner läsa den.",
            "Som {other} frågade: piloten omfattar två projekt och slutar efter fyra veckor.",
            "Tre saker återstår:\n- bjuda in säkerhet\n- enas om budget\n- välja datum",
            "Vem skriver på hos er, och vad skulle stoppa det?",
        ),
        (
            "Vi tittade igenom siffrorna igen och sparar ungefär 300 timmar per kvartal, cirka 90 tusen euro.",
            "Vad händer med indexet när en mapp byter namn, och varför behöver webhooken skrivrättigheter?",
            "Mina kollegor oroar sig för inlåsning; vår ekonomiavdelning kräver fakturor kvartalsvis.",
        ),
    ),
    Language(
        "da",
        ("Fra", "Sendt", "Til", "Emne", "Dato"),
        "Den {date} kl. {time} skrev {who}:",
        "{who} sagde:",
        "Oprindelig besked",
        "Videresendt besked",
        "Skriv venligst dit svar over denne linje",
        "Sendt fra min iPhone",
        "tirs. 10. nov. 2026",
        "10. november 2026",
        "Hej {name},",
        "Venlig hilsen",
        LATIN,
        (
            "Tak, noteret. Jeg sender planen torsdag kl. 10:00, så jeres hold kan læse den først.",
            "Som {other} spurgte om: forsøget dækker to projekter og slutter efter fire uger.",
            "Der er tre ting at gøre:\n- invitere sikkerhed\n- aftale budget\n- vælge dato",
            "Hvem skriver under hos jer, og hvad kunne standse det?",
        ),
        (
            "Vi kiggede på tallene igen og sparer omkring 300 timer hvert kvartal, cirka 90 tusind euro.",
            "Hvad gør indekset, når en mappe omdøbes, og hvorfor kræver en webhook skriverettigheder?",
            "Mine kolleger frygter binding; vores bogholderi vil have fakturaer kvartalsvis.",
        ),
    ),
    Language(
        "pl",
        ("Od", "Wysłano", "Do", "Temat", "Data"),
        "Dnia {date} o {time} {who} napisał(a):",
        "{who} mówi:",
        "Wiadomość oryginalna",
        "Przekazana wiadomość",
        "Prosimy odpowiedzieć powyżej tej linii",
        "Wysłane z iPhone'a",
        "10 listopada 2026",
        "wtorek, 10 listopada 2026",
        "Cześć {name},",
        "Pozdrawiam",
        LATIN,
        (
            "Dzięki, zanotowane. Plan wyślę w czwartek o 10:00, aby Wasz zespół mógł go wcześniej przeczytać.",
            "Jak pytała {other}: pilotaż obejmuje dwa repozytoria i kończy się po czterech tygodniach.",
            "Zostały trzy sprawy:\n- zaprosić bezpieczeństwo\n- ustalić budżet\n- wybrać termin",
            "Kto u Was podpisuje, i co mogłoby to zatrzymać?",
        ),
        (
            "Przejrzeliśmy wyniki ponownie i oszczędzamy około 300 godzin na kwartał, warte 90 tysięcy euro.",
            "Co robi indeks, gdy katalog zmienia nazwę, oraz dlaczego webhook wymaga uprawnień zapisu?",
            "Moi koledzy obawiają się uzależnienia od dostawcy; nasza księgowość żąda faktur.",
        ),
    ),
    Language(
        "ru",
        ("От", "Отправлено", "Кому", "Тема", "Дата"),
        "{date} в {time} {who} написал:",
        "{who} говорит:",
        "Исходное сообщение",
        "Пересланное сообщение",
        "Пожалуйста, отвечайте выше этой строки",
        "Отправлено с iPhone",
        "10 ноября 2026 г.",
        "вторник, 10 ноября 2026 г.",
        "Здравствуйте, {name}!",
        "С уважением,",
        (("Иван Петров", "i.petrov"), ("Ольга Смирнова", "o.smirnova")),
        (
            "Спасибо, записал. План пришлю в четверг в 10:00, чтобы ваша команда успела его прочесть.",
            "По вопросу, который подняла {other}: пилот охватывает два проекта и длится четыре недели.",
            "Осталось три дела:\n- пригласить безопасность\n- согласовать бюджет\n- выбрать дату",
            "Кто подписывает с вашей стороны, и что может помешать?",
        ),
        (
            "Мы снова посмотрели результаты и экономим около 300 часов за квартал, примерно 90 тысяч евро.",
            "Что делает индекс, когда каталог переименован, зачем вебхуку права на запись?",
            "Мои коллеги опасаются зависимости от поставщика; бухгалтерия требует ежеквартальных счетов.",
        ),
    ),
    Language(
        "ja",
        ("差出人", "送信日時", "宛先", "件名", "日付"),
        "{date} {time} {who}:",
        "{who}さんの発言：",
        "元のメッセージ",
        "転送されたメッセージ",
        "この行より上に返信を入力してください",
        "iPhoneから送信",
        "2026年11月10日(火)",
        "2026年11月10日",
        "{name}様",
        "よろしくお願いいたします。",
        (("田中 一郎", "i.tanaka"), ("佐藤 花子", "h.sato")),
        (
            "承知しました。計画書は木曜日の10:00までにお送りしますので、先にお読みください。",
            "先週{other}様からご質問のあった件、試験導入は二つのリポジトリを対象に四週間で終わります。",
            "残りは三点です。\n- セキュリティ担当を招く\n- 予算を決める\n- 開始日を選ぶ",
            "御社ではどなたが署名されますか。障害になりそうなことはありますか。",
        ),
        (
            "数値を再確認したところ、弊社の作業は四半期あたり約300時間短縮、金額では9万ユーロ相当でした。",
            "名前を変更した場合、索引はどう動作するのでしょうか。ウェブフックに書込権限が必要な理由も教えてほしいです。",
            "同僚は特定業者への依存を心配しており、経理部門は毎期の請求書発行を強く求めています。",
        ),
    ),
    Language(
        "pt",
        ("De", "Enviado", "Para", "Assunto", "Data"),
        "Em {date} às {time}, {who} escreveu:",
        "{who} dizia:",
        "Mensagem original",
        "Mensagem encaminhada",
        "Por favor responda acima desta linha",
        "Enviado do meu iPhone",
        "ter., 10 de nov. de 2026",
        "terça-feira, 10 de novembro de 2026",
        "Olá {name},",
        "Atenciosamente,",
        LATIN,
        (
            "Obrigado, anotado. Mando o plano na quinta às 10:00 para que sua equipe leia antes.",
            "Como {other} perguntou: o piloto cobre dois repositórios e termina em quatro semanas.",
            "Restam três coisas:\n- convidar a segurança\n- acertar um orçamento\n- escolher uma data",
            "Quem assina do seu lado, e o que poderia impedir?",
        ),
        (
            "Revimos os números e economizamos umas 300 horas por trimestre, cerca de 90 mil euros.",
            "Que faz o índice quando um projeto muda de nome, e por que o webhook precisa de permissão?",
            "Meus colegas receiam dependência do fornecedor; nossa contabilidade exige faturas trimestrais.",
        ),
    ),
)
