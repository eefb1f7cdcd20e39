"""The note of the last mail that the server took: of one Message-ID, whole, there for the next process."""

from __future__ import annotations

from feedback_service.deliver.taken import open_taken
from feedback_service.storage.session import Store


def test_the_next_process_reads_what_the_last_one_noted(released: Store) -> None:
    with open_taken(released) as taken:
        assert taken.last == ""
        taken.note("<a-long-one@sender.example>")
        taken.note("<1@x.example>")
    with open_taken(released) as taken:
        assert taken.last == "<1@x.example>"
    assert (released.mail_folder / "taken").stat().st_mode & 0o777 == 0o600


def test_handing_over_the_same_mail_again_forgets_that_it_was_taken(released: Store) -> None:
    with open_taken(released) as taken:
        taken.note("<1@x.example>")
        taken.begin("<2@x.example>")
        assert taken.last == "<1@x.example>"
        taken.begin("<1@x.example>")
        assert taken.last == ""


def test_the_longest_message_id_that_the_database_takes_fits(released: Store) -> None:
    longest = f"<{'a' * 32}@{'b' * 85}>"
    assert len(longest) == 120
    with open_taken(released) as taken:
        taken.note(longest)
        assert taken.last == longest
