"""Where an office answers: by its link alone, to a new report; nothing is lost, nothing published at once."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from feedback_service.deliver.replies import take_replies
from feedback_service.demo import setting_up
from feedback_service.demo.setting_up import set_up
from feedback_service.i18n import load_interfaces
from feedback_service.intake.open_rounds import OpenRounds
from feedback_service.intake.spool import Spool
from feedback_service.sealing.links import Link
from feedback_service.sealing.mail_key import MailKey
from feedback_service.settings import Settings
from feedback_service.storage.inbox import Inbox
from feedback_service.storage.mail_keys import read_mail_key
from feedback_service.storage.replies import Reply, add, all_replies, refuse, release
from feedback_service.storage.session import Store, open_store
from feedback_service.web import Parts, create_app

TODAY = date(2027, 1, 20)
FORM = {"content-type": "application/x-www-form-urlencoded"}
GOOD = {
    "topic": "clients/housing", "state": "decided", "office": "Amt <b>für</b> Wohnen",
    "text": "Wir mieten elf Häuser.\n<script>alert(1)</script>",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Office:
    """The web application of a demonstration with two released rounds."""

    http: TestClient
    store: Store
    key: MailKey

    def address(self, round_id: str = "2026-Q4", region: str = "08416", language: str = "de") -> str:
        token = self.key.token(Link("reply", "a" * 32, region, round_id))
        return f"/{language}/replies/answer/{token}"

    def waiting(self) -> list[dict[str, str]]:
        return [content for _, content in Inbox(self.store.inbox_folder).waiting("reply")]

    def taken(self) -> list[Reply]:
        """What waits for the operator now; the demonstration's own replies are released."""
        take_replies(self.store, self.key, TODAY)
        with self.store.read() as connection:
            return all_replies(connection, "waiting")


@pytest.fixture(scope="module")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration's folder, to be copied."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(setting_up, "Spool", lambda where: Spool(where, 256))
        return set_up(tmp_path_factory.mktemp("demo") / "data", TODAY, 200).folder


@pytest.fixture
def office(demonstrated: Path, tmp_path: Path) -> Iterator[Office]:
    store = open_store(shutil.copytree(demonstrated, tmp_path / "data"))
    spool = Spool(store.spool_folder, 64)
    app = create_app(Parts(store, spool, OpenRounds(store), load_interfaces(), Settings(demo=True)))
    with TestClient(app, follow_redirects=False) as http:
        yield Office(http, store, read_mail_key(store.mail_folder))
    spool.close()


def test_an_answer_waits_for_the_operator_and_is_shown_when_released(office: Office) -> None:
    shown = office.http.get(office.address())
    assert shown.status_code == 200 and "Tübingen" in shown.text and "Wohnung" in shown.text
    sent = office.http.post(office.address(), data=GOOD)
    assert sent.status_code == 303 and sent.headers["location"] == "/de/replies/thanks"
    assert "veröffentlicht, sobald sie geprüft ist" in office.http.get("/de/replies/thanks").text
    assert len(office.waiting()) == 1
    (one,) = office.taken()
    assert office.waiting() == []
    assert (one.region, one.round, one.survey, one.topic) == ("08416", "2026-Q4", "clients", "housing")
    assert (one.state, one.step, one.answered, one.released) == ("decided", "waiting", TODAY, None)
    assert dict(one.texts) == {"de": GOOD["text"]}
    pages = ("/de/replies", "/de/replies/08416", "/de/results/clients/2026-Q4/08416")
    assert not [path for path in pages if "elf Häuser" in office.http.get(path).text]
    with office.store.begin() as connection:
        release(connection, one.id, TODAY)
    for path in pages:
        page = office.http.get(path).text
        assert "Wir mieten elf Häuser." in page and "Beschlossen: Wir tun etwas" in page
        assert 'datetime="2027-01-20"' in page and "Tübingen" in page
        assert "<script>alert" not in page and "<b>für</b>" not in page and "&lt;b&gt;für" in page
        assert '/de/results/clients/2026-Q4/08416"' in page
    with office.store.begin() as connection:
        refuse(connection, one.id)
    assert not [path for path in pages if "elf Häuser" in office.http.get(path).text]


def test_a_reader_of_another_language_gets_the_text_as_it_is_and_is_told(office: Office) -> None:
    texts = {"de": "Auf Deutsch", "ar": "بالعربية"}
    for number, told in enumerate((texts, {"de": "Nur Deutsch"})):
        one = Reply(f"{number:032x}", "08", "2026-Q4", "", "", "Amt", "done", told, "released", TODAY, TODAY)
        with office.store.begin() as connection:
            add(connection, one)
    page = office.http.get("/ar/replies/08").text
    assert "بالعربية" in page and "Auf Deutsch" not in page
    assert re.search(r'<blockquote lang="de" dir="ltr"><p>Nur Deutsch</p>', page)
    invented = page.count("Erfunden")
    assert invented and page.count("غير مترجم") == 1 + invented


def test_mistakes_are_named_and_everything_typed_stays(office: Office) -> None:
    wrong = office.http.post(office.address(), data={**GOOD, "state": "soon", "office": " "})
    assert wrong.status_code == 422 and wrong.text.count('aria-invalid="true"') == 2
    assert 'href="#state"' in wrong.text and 'href="#office"' in wrong.text
    assert "Wir mieten elf Häuser." in wrong.text and office.waiting() == []
    assert '<option value="clients/housing" selected>' in wrong.text
    long = office.http.post(office.address(), data={**GOOD, "text": "x" * 2001})
    assert long.status_code == 422 and "x" * 2001 in long.text


def test_a_problem_that_is_not_offered_is_a_mistake(office: Office) -> None:
    wrong = office.http.post(office.address(), data={**GOOD, "topic": "clients/<invented>"})
    assert wrong.status_code == 422 and 'href="#topic"' in wrong.text and office.waiting() == []
    assert "<invented>" not in wrong.text
    office.http.post(office.address(), data={**GOOD, "topic": ""})
    assert [(one.survey, one.topic) for one in office.taken()] == [("", "")]


def test_what_seems_to_show_who_somebody_is_is_asked_about_once(office: Office) -> None:
    telling = {**GOOD, "text": "Fragen Sie Herrn Müller, 0171 3920012.\nDanke", "office": "Frau Schmidt"}
    asked = office.http.post(office.address(), data=telling)
    assert asked.status_code == 200 and asked.text.count("<mark>") == 3 and office.waiting() == []
    carried = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', asked.text))
    assert carried == {**telling, "looked": "1"}
    back = office.http.post(office.address(), data={**carried, "change": "1"})
    assert back.status_code == 200 and "0171 3920012.\nDanke</textarea>" in back.text
    assert 'value="Frau Schmidt"' in back.text and office.waiting() == []
    assert office.http.post(office.address(), data=carried).status_code == 303
    assert [content["text"] for content in office.waiting()] == [telling["text"]]


def test_a_link_takes_an_answer_to_each_problem(office: Office) -> None:
    for topic in ("clients/housing", "clients/work", ""):
        office.http.post(office.address(), data={**GOOD, "topic": topic})
    assert sorted(one.topic for one in office.taken()) == ["", "housing", "work"]


def test_the_form_names_the_problems_with_their_figures_where_there_are_some(office: Office) -> None:
    def topics(region: str) -> list[str]:
        page = office.http.get(office.address(region=region)).text
        return re.findall(r'<option value="\w+/\w+">(.*?)</option>', page)

    state, small = topics("08"), topics("08435")
    # Some may have been named by nobody.
    assert len(state) > 15 and sum(one.endswith(")") for one in state) > 10
    # Too few answered there: the state's problems, without a figure.
    assert len(small) > 15 and not [one for one in small if one.endswith((" %)", "Personen)", "Person)"))]


def test_without_the_key_s_public_half_no_link_is_ours(office: Office) -> None:
    (office.store.spool_folder / "links.pub").unlink()
    refused = office.http.get(office.address())
    assert refused.status_code == 404 and "links.pub" not in refused.text


def test_too_much_at_once_or_a_full_inbox_keeps_what_was_typed(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedback_service.storage.inbox.MOST_FILES", 0)
    office.store.inbox_folder.mkdir(parents=True, exist_ok=True)
    full = office.http.post(office.address(), data=GOOD)
    assert full.status_code == 503 and "Wir mieten elf Häuser." in full.text
    monkeypatch.setattr("feedback_service.intake.rate_limit.BURST", 0)
    many = office.http.post(office.address(), data=GOOD, headers={"x": "y"})
    assert many.status_code in (429, 503) and "Wir mieten elf Häuser." in many.text


def test_only_a_whole_link_of_ours_to_a_new_report_opens_the_form(office: Office) -> None:
    other = MailKey.generate().token(Link("reply", "a" * 32, "08416", "2026-Q4"))
    leave = office.key.token(Link("leave", "a" * 32, "08416", "2026-Q4"))
    for token in (other, leave, office.address().rpartition("/")[2][:-3]):
        assert office.http.get(f"/de/replies/answer/{token}").status_code == 404
    assert office.http.get(office.address(region="08999")).status_code == 404
    for round_id, status in (("2026-Q3", 200), ("2026-Q2", 410), ("2027-Q1", 410)):
        assert office.http.get(office.address(round_id)).status_code == status, round_id
    assert office.http.post(office.address("2026-Q2"), data=GOOD).status_code == 410
    assert office.waiting() == []


def test_an_answer_taken_twice_is_one_and_a_forged_one_is_none(office: Office) -> None:
    office.http.post(office.address(), data=GOOD)
    (path,) = office.store.inbox_folder.iterdir()
    content = path.read_text("utf-8")
    assert len(office.taken()) == 1
    # As after a kill between the row and the removal of the file.
    path.write_text(content, "utf-8")
    assert len(office.taken()) == 1 and not path.exists()
    forged = json.loads(content) | {"token": MailKey.generate().token(Link("reply", "a", "08", "2026-Q4"))}
    path.with_name("b" * 32 + ".json").write_text(json.dumps(forged), "utf-8")
    assert len(office.taken()) == 1 and not list(office.store.inbox_folder.iterdir())


def test_the_form_is_there_in_right_to_left_languages(office: Office) -> None:
    shown = office.http.get(office.address(language="ar")).text
    assert 'dir="rtl"' in shown and "جوابكم على التقرير" in shown and "التقرير كله" in shown
    assert "لم يُجب على شيء بعد." in office.http.get("/ar/replies/08435").text
