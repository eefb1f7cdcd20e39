"""The database: every table on one page (`schema`), and one small module of queries a subject."""
