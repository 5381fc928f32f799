"""People and certifications from CSV, with a report line by line; and who has the last word about a field."""

from __future__ import annotations

from typing import Any

import pytest

from shared.people.messages import DirectoryTask
from shared.people.usecases.synchronise_people import Synchronised
from shared.ports.ambient import DirectoryPage, DirectoryPerson
from tests.harness.api_client import ADA, DANA, JOE, PEOPLE, SARAH, ApiClient, Reply

HEADER = "name,email,role,manager,hire_date\n"


def lines(reply: Reply) -> list[tuple[int, str | None, str]]:
    assert reply.status == 200, reply
    return [(line["line"], line["employee_id"], line["result"]) for line in reply.json["lines"]]


def raw(api: ApiClient, content: bytes, **options: Any) -> Reply:
    return api.post("employees/import", raw=content, content_type="text/csv", **options)


class TestPeople:
    def test_are_created_updated_or_left_as_they_are(self, api: ApiClient) -> None:
        again = api.import_people()
        assert again.json["unchanged"] == PEOPLE.count("\n") - 1
        assert (again.json["created"], again.json["updated"]) == (0, 0)
        text = f"{HEADER}Joe Smith,JOE@augmentcode.com,employee,{DANA},2024-03-02\nNew Hire,new@x.example,se,{DANA},\n"
        assert lines(api.import_people(text)) == [(2, JOE, "updated"), (3, "new@x.example", "created")]
        joe = api.get(f"employees/{JOE}").json
        assert (joe["hire_date"], joe["mentor"]) == ("2024-03-02", "mo@augmentcode.com")
        assert api.get("employees/new@x.example").json["role"] == "employee"

    @pytest.mark.parametrize(
        ("word", "role"),
        [
            ("SE", "employee"),
            ("AE", "employee"),
            ("VP Sales", "senior_manager"),
            ("RVP", "senior_manager"),
            ("Sales Manager", "manager"),
            ("Solution Architect", "employee"),
            ("Regional Director", "senior_manager"),
            ("  regional\u00a0 DIRECTOR ", "senior_manager"),
            ("vp-sales", "senior_manager"),
            ("Senior Manager", "senior_manager"),
            ("CRO", "cro"),
        ],
    )
    def test_titles_are_read_as_roles(self, api: ApiClient, word: str, role: str) -> None:
        assert lines(api.import_people(f"{HEADER}New,new@x.example,{word},,\n")) == [(2, "new@x.example", "created")]
        assert api.get("employees/new@x.example").json["role"] == role

    def test_an_unknown_title_is_told_with_everything_that_is_accepted(self, api: ApiClient) -> None:
        table = api.get("job-titles", who=ADA).json
        (line,) = api.import_people(f"{HEADER}New,new@x.example,Chief of Staff,,\n").json["lines"]
        assert line["result"] == "rejected"
        assert line["detail"].startswith("role: 'Chief of Staff' is none of ")
        for word in [*table["roles"], *(one["title"] for one in table["titles"])]:
            assert word in line["detail"]

    def test_every_listed_title_is_read_as_its_role(self, api: ApiClient) -> None:
        titles = api.get("job-titles").json["titles"]
        text = HEADER + "".join(f"P,p{n}@x.example,{one['title']},,\n" for n, one in enumerate(titles))
        assert api.import_people(text).json["rejected"] == 0
        for number, one in enumerate(titles):
            assert api.get(f"employees/p{number}@x.example").json["role"] == one["role"]

    def test_every_bad_line_is_reported_and_the_good_ones_are_in(self, api: ApiClient) -> None:
        text = HEADER + "\n".join(
            [
                "Good,good@x.example,employee,,2024-01-01",
                "No Address,,employee,,",
                "Bad Address,not-an-address,employee,,",
                "Path,a/b@x.example,employee,,",
                "Two,a@b@x.example,employee,,",
                ",nameless@x.example,employee,,",
                "Role,role@x.example,king,,",
                "Date,date@x.example,employee,,01.02.2024",
                "Day,day@x.example,employee,,2024-02-30",
                "Self,self@x.example,employee,self@x.example,",
                "Comma, Unquoted,comma@x.example,employee,,2024-01-01",
                '"Many, Words",many@x.example,employee,,,,surplus',
                "Bell\x07,bell@x.example,employee,,",
                f"Long,{'x' * 200}@x.example,employee,,",
                "",
                "   , , ,,",
                '"Two\nLines",two-lines@x.example,employee,,',
                "Last,last@x.example,manager,,",
            ]
        )
        reply = api.import_people(text)
        results = lines(reply)
        assert [number for number, _, result in results if result == "created"] == [2, 20]
        assert reply.json["rejected"] == len(results) - 2 == 14
        details = {line["line"]: line["detail"] for line in reply.json["lines"] if line["detail"]}
        wanted = {
            3: "email", 4: "'not-an-address'", 5: "email", 6: "email", 7: "name: ", 8: "role: 'king' is none of",
            9: "write YYYY-MM-DD", 10: "write YYYY-MM-DD", 11: "nobody reports to themselves", 12: "6 cells",
            13: "7 cells", 14: "control characters", 15: "email", 18: "control characters",
        }  # fmt: skip
        assert details.keys() == wanted.keys()
        for number, words in wanted.items():
            assert words in details[number], details[number]

    @pytest.mark.parametrize(
        "content",
        [
            b"name;email;role\nSemi Colon;semi@x.example;employee\n",
            "\ufeffname,email\nByte Order,semi@x.example\n".encode(),
            b"name,email\r\nWindows,semi@x.example\r\n",
            b"name,email\rOld Mac,semi@x.example\r",
            b"Email, Name \nsemi@x.example,Turned\n",
            b'"name","email"\n"Quo ""ted""","semi@x.example"',
            "name,email\nÅsa Öström 𝓤,semi@x.example\n".encode(),
        ],
    )
    def test_files_as_spreadsheets_write_them_are_read(self, api: ApiClient, content: bytes) -> None:
        assert lines(raw(api, content)) == [(2, "semi@x.example", "created")]

    @pytest.mark.parametrize(
        ("content", "status", "words"),
        [
            (b"", 422, "lacks name, email"),
            (b"name\nJoe\n", 422, "lacks email"),
            (b"name,email,salary\n", 422, "'salary'"),
            (b"name,email,email\n", 422, "twice"),
            ("name,email\nJürgen,j@x.example".encode("latin-1"), 400, "UTF-8"),
            (b"name,email\nA\x00B,a@x.example\n", 400, "NUL"),
            (b'name,email\n"Open,a@x.example\nNext,b@x.example\n', 400, "no CSV"),
            (b"name,email\n" + b'"' + b"x" * 200_000 + b'",a@x.example\n', 400, "no CSV"),
            (b"name,email\n" + b"A,a@x.example\n" * 20_001, 422, "at most 20000 lines"),
            (b"\xff\xfen\x00", 400, "UTF-8"),
        ],
    )
    def test_a_file_that_cannot_be_read_changes_nothing(
        self, api: ApiClient, content: bytes, status: int, words: str
    ) -> None:
        before = api.get("employees").json
        reply = raw(api, content)
        assert reply.status == status, reply
        assert words in reply.json["detail"]
        assert api.get("employees").json == before

    def test_another_content_type_is_refused(self, api: ApiClient) -> None:
        assert api.post("employees/import", {"name": "x"}).status == 415

    def test_the_import_is_audited_and_its_facts_are_published(self, api: ApiClient) -> None:
        api.import_people(f"{HEADER}New,new@x.example,,,\n", who=ADA)
        (record,) = api.get("audit", actor=ADA, action="employees.imported").json["items"]
        assert record["detail"] == "1 lines"
        backlog = api.parts.queue.backlog()
        assert backlog["warehouse--employee-changed"][0] >= 1

    def test_someone_twice_in_one_file_is_created_then_updated(self, api: ApiClient) -> None:
        text = "name,email,role\nOne,one@x.example,employee\nOne More,one@x.example,manager\n"
        assert [result for _, _, result in lines(api.import_people(text))] == ["created", "updated"]
        assert api.get("employees/one@x.example").json["name"] == "One More"

    def test_a_manager_or_mentor_whom_nobody_imported_is_told_and_the_line_is_in(self, api: ApiClient) -> None:
        text = "name,email,role,manager,mentor\n" + "\n".join(
            [
                "A,a@x.example,employee,boss@x.example,",  # the manager comes later in the file
                "B,b@x.example,employee,typo@x.example,",
                f"C,c@x.example,employee,{DANA},ghost@x.example",
                "D,d@x.example,employee,refused@x.example,b@x.example",
                "Boss,boss@x.example,manager,,",
                "Refused,refused@x.example,king,,",
            ]
        )
        reply = api.import_people(text)
        assert [result for _, _, result in lines(reply)] == ["created"] * 5 + ["rejected"]
        assert [line["detail"] for line in reply.json["lines"][:5]] == [
            None,
            "manager: nobody has imported 'typo@x.example' yet",
            "mentor: nobody has imported 'ghost@x.example' yet",
            "manager: nobody has imported 'refused@x.example' yet",
            None,
        ]
        assert api.get("employees/b@x.example").json["manager"] == "typo@x.example"
        api.import_people("name,email,role\nTypo,typo@x.example,manager\n")
        again = api.import_people(text).json["lines"][1]
        assert (again["result"], again["detail"]) == ("unchanged", None)
        assert api.get("employees/b@x.example/skills", who="typo@x.example").status == 200

    def test_an_unknown_framework_rejects_its_lines_only(self, api: ApiClient) -> None:
        text = "name,email,framework\nA,a@x.example,nope\nB,b@x.example,cable_jointing_demo\nC,c@x.example,a/b\n"
        assert [result for _, _, result in lines(api.import_people(text))] == ["rejected", "created", "rejected"]
        assert api.get("employees/b@x.example").json["framework_id"] == "cable_jointing_demo"


class Company:
    """A directory that knows these people."""

    def __init__(self, *people: DirectoryPerson) -> None:
        self._people = people

    def page(self, following: str | None = None) -> DirectoryPage:
        """One person on each."""
        place = int(following or 0)
        return DirectoryPage(self._people[place : place + 1], str(place + 1) if place + 1 < len(self._people) else None)

    def has(self, email: str) -> bool:
        return any(person.email.lower() == email for person in self._people)


def synchronised(api: ApiClient, *people: DirectoryPerson) -> list[Synchronised]:
    """What came of a night's pages, as their tasks follow each other."""
    directory = Company(*people)
    use_case, tasks = api.platform.people.synchronise(directory), [DirectoryTask(run="2026-03-04", part=0)]
    counts = []
    for task in tasks:
        found = use_case.page(task)
        assert found is not None
        counts.append(found)
        following = directory.page(task.following).following
        if following is not None:
            tasks.append(DirectoryTask(run=task.run, part=task.part + 1, following=following))
    return counts


class TestPrecedence:
    def test_the_directory_owns_name_manager_and_activity_as_soon_as_it_knows_someone(self, api: ApiClient) -> None:
        counts = synchronised(
            api,
            DirectoryPerson("Joe@augmentcode.com", "Joseph Smith", manager="ELI@augmentcode.com"),
            DirectoryPerson("unknown@augmentcode.com", "Un Known"),
        )
        assert counts == [Synchronised(known=1, changed=1, unknown=0), Synchronised(known=0, changed=0, unknown=1)]
        assert api.get("employees/unknown@augmentcode.com").status == 404
        api.import_people(f"{HEADER}Other Name,{JOE},manager,{DANA},2020-02-02\n")
        joe = api.get(f"employees/{JOE}").json
        assert (joe["name"], joe["manager"]) == ("Joseph Smith", "eli@augmentcode.com")
        assert (joe["role"], joe["hire_date"]) == ("manager", "2020-02-02")

    def test_nobody_reports_to_themselves_by_a_former_id_that_the_directory_still_has(self, api: ApiClient) -> None:
        assert api.post(f"employees/{JOE}/merge", {"into": SARAH, "reason": "One person"}).status == 202
        before = api.get(f"employees/{SARAH}").json["manager"]
        counts = synchronised(api, DirectoryPerson(JOE, "Sarah J", manager=SARAH))
        assert counts == [Synchronised(known=1, changed=1, unknown=0)]
        sarah = api.get(f"employees/{SARAH}").json
        assert (sarah["name"], sarah["manager"]) == ("Sarah J", before)

    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    def test_of_somebody_on_two_pages_the_present_id_says_how_they_are(
        self, api: ApiClient, order: tuple[int, int]
    ) -> None:
        assert api.post(f"employees/{JOE}/merge", {"into": SARAH, "reason": "One person"}).status == 202
        both = DirectoryPerson(JOE, "Of Before", suspended=True), DirectoryPerson(SARAH, "Of Now")
        synchronised(api, *(both[place] for place in order))
        sarah = api.get(f"employees/{SARAH}").json
        assert (sarah["name"], sarah["active"]) == ("Of Now", True)

    def test_what_an_administrator_set_stands(self, api: ApiClient) -> None:
        body = {"name": "Joe By Hand", "role": "employee", "manager": DANA}
        assert api.put(f"employees/{JOE}", body, who=ADA).json["name"] == "Joe By Hand"
        api.import_people(f"{HEADER}From File,{JOE},manager,,\n")
        synchronised(api, DirectoryPerson(JOE, "From Directory", suspended=True))
        joe = api.get(f"employees/{JOE}").json
        assert (joe["name"], joe["role"], joe["active"]) == ("Joe By Hand", "employee", True)

    def test_who_is_suspended_in_the_directory_is_shut_out(self, api: ApiClient) -> None:
        assert api.get(f"employees/{SARAH}/skills", who=SARAH).status == 200
        synchronised(api, DirectoryPerson(SARAH, "Sarah", suspended=True))
        assert api.get(f"employees/{SARAH}/skills", who=SARAH).status == 403


CERTIFICATIONS = "email,certification,competency,score,date,product_line\n"


class TestCertifications:
    def post(self, api: ApiClient, text: str) -> Reply:
        return api.post("certifications/import", raw=text.encode(), content_type="text/csv", who=ADA)

    def test_become_certification_exams_once(self, api: ApiClient) -> None:
        text = f"{CERTIFICATIONS}{JOE},Platform v2,product_knowledge,91,2026-01-10,platform-v2\n"
        assert lines(self.post(api, text)) == [(2, JOE, "recorded")]
        assert lines(self.post(api, text)) == [(2, JOE, "duplicate")]
        # The same day written otherwise is the same exam.
        assert lines(self.post(api, text.replace("2026-01-10", "20260110"))) == [(2, JOE, "duplicate")]
        (event,) = api.get(f"validation-events/{JOE}").json["items"]
        assert (event["activity"], event["source"]) == ("certification_exam", "certification-import")
        assert event["occurred_at"] == "2026-01-10T12:00:00Z"
        rows = api.get(f"employees/{JOE}/skills").json["skills"]
        context = {"product_line": "platform-v2"}
        row = next(r for r in rows if r["competency"] == "product_knowledge" and r["context"] == context)
        assert row["preliminary_rating"] == 91

    def test_each_bad_line_is_reported(self, api: ApiClient) -> None:
        text = CERTIFICATIONS + "\n".join(
            [
                f"{JOE},C,product_knowledge,91,2026-01-10,",
                f"{JOE},C,underwater_basketry,91,2026-01-10,",
                f"{JOE},C,product_knowledge,101,2026-01-10,",
                f"{JOE},C,product_knowledge,nan,2026-01-10,",
                f"{JOE},C,product_knowledge,,2026-01-10,",
                f"{JOE},C,product_knowledge,90,10/01/2026,",
                f"{JOE},C,product_knowledge,90,2026-01-10T10:00:00,",
                f"{JOE},C,product_knowledge,90,2027-01-10,",
                f"{JOE},C,,90,2026-01-10,",
                "who@x.example,C,product_knowledge,90,2026-01-10,",
                f"{JOE},C,product_knowledge,90,2026-01-10,platform,extra",
            ]
        )
        reply = self.post(api, text)
        assert [result for _, _, result in lines(reply)] == ["recorded"] * 2 + ["rejected"] * 9
        details = [line["detail"] or "" for line in reply.json["lines"]]
        for detail, words in zip(
            details,
            ["", "held", "score: Input should be less than or equal to 100", "score: must be a number",
             "score: '' is no number", "date: '10/01/2026' is no date; write YYYY-MM-DD", "time zone",
             "date: 2027-01-10T12:00:00+00:00 is in the future", "competency: String should have at least 1 character",
             "email: 'who@x.example' is not known; import the person first", "7 cells"],
            strict=True,
        ):  # fmt: skip
            assert words in detail, detail

    def test_another_result_of_the_same_exam_is_told_in_the_files_words(self, api: ApiClient) -> None:
        text = f"{CERTIFICATIONS}{JOE},C,product_knowledge,91,2026-01-10,\n"
        assert lines(self.post(api, text)) == [(2, JOE, "recorded")]
        (line,) = self.post(api, text.replace("91", "95")).json["lines"]
        assert line["result"] == "rejected"
        assert line["detail"].startswith("score: this exam is recorded already with another score, product_line or ")
        assert "date" in line["detail"]
        for word in ("event", "source_id", "overall_score"):
            assert word not in line["detail"]
        # As the detail says: another sitting of the same day has its time.
        later = text.replace("91,2026-01-10", "95,2026-01-10T15:00:00Z")
        assert lines(self.post(api, later)) == [(2, JOE, "recorded")]

    def test_the_header_must_be_whole(self, api: ApiClient) -> None:
        reply = self.post(api, "email,score\n")
        assert (reply.status, reply.fields) == (422, ["header"])


def form(*parts: tuple[str, str], boundary: str = "xyz") -> tuple[bytes, str]:
    """A form as clients send one. parts: (name, content), each as a file"""
    lines = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}.csv"\r\n'
        f"Content-Type: text/csv\r\n\r\n{content}\r\n"
        for name, content in parts
    ]
    return "".join([*lines, f"--{boundary}--\r\n"]).encode(), f"multipart/form-data; boundary={boundary}"


class TestForms:
    def test_a_file_is_read_as_from_a_body(self, api: ApiClient) -> None:
        raw, kind = form(("file", f"{HEADER}Fo Rm,form@x.example,employee,,\n"))
        answer = api.post("employees/import", raw=raw, content_type=kind)
        assert (answer.status, answer.json["created"]) == (200, 1)
        assert api.get("employees/form@x.example").json["name"] == "Fo Rm"
        raw, kind = form(("file", f"{CERTIFICATIONS}form@x.example,Basics,discovery,90,2026-02-01,\n"))
        answer = api.post("certifications/import", raw=raw, content_type=kind)
        assert (answer.status, answer.json["created"]) == (200, 1), answer

    @pytest.mark.parametrize(
        ("parts", "field"), [((), "file"), ((("people", "x"),), "people"), ((("file", "x"), ("file", "y")), "file")]
    )
    def test_another_form_is_refused_by_name(
        self, api: ApiClient, parts: tuple[tuple[str, str], ...], field: str
    ) -> None:
        raw, kind = form(*parts)
        refused = api.post("employees/import", raw=raw, content_type=kind)
        assert (refused.status, refused.fields) == (422, [field])

    def test_what_is_no_form_is_told_apart(self, api: ApiClient) -> None:
        for kind in ("multipart/form-data", "multipart/form-data; boundary=xyz"):
            assert api.post("employees/import", raw=b"no form", content_type=kind).status in {400, 422}
