"""Where somebody works is said by a file, by hand and by the directory."""

from __future__ import annotations

import pytest

from shared.people.messages import DirectoryTask
from shared.people.usecases.synchronise_people import SynchronisePeople
from shared.platform.records.tombstones import Tombstones
from shared.ports.ambient import DirectoryPage, DirectoryPerson
from tests.harness.api_client import ADA, ApiClient

HEADER = "name,email,zone,country\n"


class TestRecords:
    def test_a_file_says_where_people_work_and_another_source_that_says_nothing_takes_nothing_away(
        self, api: ApiClient
    ) -> None:
        answer = api.import_people(f"{HEADER}Kim,kim@x.example,Europe/Berlin,de-be\nLee,lee@x.example,,\n")
        assert answer.json["rejected"] == 0
        kim = api.get("employees/kim@x.example", who=ADA).json
        assert (kim["zone"], kim["country"]) == ("Europe/Berlin", "DE-BE")
        api.import_people("name,email\nKim K,kim@x.example\n")
        assert api.get("employees/kim@x.example", who=ADA).json["zone"] == "Europe/Berlin"
        lee = api.get("employees/lee@x.example", who=ADA).json
        assert (lee["zone"], lee["country"]) == (None, None)

    @pytest.mark.parametrize(
        ("cells", "said"),
        [
            ("Mars/Olympus,", "zone: is no time zone, such as Europe/London"),
            ("../etc/passwd,", "zone: is no time zone"),
            (f"{'x' * 200},", "zone"),
            (",XX", "country: is no country of ISO 3166, such as GB"),
            (",England", "country"),
            (",GB-", "country: is no country"),
            (",GB-SC T", "country"),
        ],
    )
    def test_what_is_no_place_is_rejected_by_its_column(self, api: ApiClient, cells: str, said: str) -> None:
        [line] = api.import_people(f"{HEADER}Kim,kim@x.example,{cells}\n").json["lines"]
        assert line["result"] == "rejected"
        assert said in line["detail"]

    def test_an_administrator_says_so_and_what_is_read_can_be_put_back(self, api: ApiClient) -> None:
        body = {"name": "Kim", "zone": "Asia/Jerusalem", "country": "IL"}
        assert api.put("employees/kim@x.example", body, who=ADA).json["country"] == "IL"
        read = api.get("employees/kim@x.example", who=ADA).json
        assert api.put("employees/kim@x.example", read, who=ADA).json == read
        refused = api.put("employees/kim@x.example", {**body, "zone": "Mars/Olympus"}, who=ADA)
        assert (refused.status, refused.json["errors"][0]["field"]) == (422, "zone")

    def test_a_directory_says_a_country_where_none_is_known_and_never_what_is_none(self, api: ApiClient) -> None:
        api.import_people(f"{HEADER}Kim,kim@x.example,,DE-BE\nLee,lee@x.example,,\nMax,max@x.example,,\n")
        people = api.platform.people

        class Pages:
            def page(self, following: str | None = None) -> DirectoryPage:
                known = {"kim": "FR", "lee": "gb", "max": "Utopia"}
                found = [DirectoryPerson(f"{name}@x.example", name, country=country) for name, country in known.items()]
                return DirectoryPage(found)

            def has(self, email: str) -> bool:
                return True

        outside = api.parts.queue, api.parts.log
        tombstones = Tombstones(api.platform.documents)
        follower = SynchronisePeople(Pages(), people.records, people.writing, tombstones, outside)
        assert follower.page(DirectoryTask(run="2026-03-04", part=0)) is not None
        found = {
            name: api.get(f"employees/{name}@x.example", who=ADA).json["country"] for name in ("kim", "lee", "max")
        }
        assert found == {"kim": "DE-BE", "lee": "GB", "max": None}
