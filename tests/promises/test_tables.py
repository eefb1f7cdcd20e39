"""The schema: what a submission's row holds is on one list, and nothing else may come to it."""

from __future__ import annotations

from sqlalchemy import Date, DateTime, Time, TypeDecorator

from feedback_service.storage.schema import metadata

ABOUT_A_SUBMISSION = {
    "envelope": {"round_id", "key", "verified", "body"},
    "tombstone": {"round_id", "tag_mac"},
    "access_code": {"round_id", "mac", "spent"},
    # From counting on, apart from all else that the same person answered.
    "comment": {"round_id", "key", "body", "draft"},
    "comment_batch": {"round_id", "public_key", "number", "secret"},
}
WITHOUT_PEOPLE = {
    "region",
    "survey",
    "round",
    "machine",
    "drained",
    "ledger",
    "release",
    "quote",
    "themes",
    "recipient",
    "delivery",
    "reply",
}


def test_a_submission_is_its_round_a_key_one_bit_and_a_sealed_body() -> None:
    for name, columns in ABOUT_A_SUBMISSION.items():
        assert set(metadata.tables[name].columns.keys()) == columns
        assert metadata.tables[name].dialect_options["sqlite"]["with_rowid"] is False


def test_a_new_table_must_be_put_on_a_list_here() -> None:
    assert set(metadata.tables) == set(ABOUT_A_SUBMISSION) | WITHOUT_PEOPLE


def test_no_column_anywhere_is_finer_than_a_day_or_counts_up_by_itself() -> None:
    for table in metadata.tables.values():
        for column in table.columns:
            assert not isinstance(column.type, DateTime | Time | TypeDecorator), column
            assert column.autoincrement is not True
            assert column.default is None and column.server_default is None, column
        dates = [column for column in table.columns if isinstance(column.type, Date)]
        assert not dates or table.name in {"round", "release", "themes", "delivery", "reply"}
