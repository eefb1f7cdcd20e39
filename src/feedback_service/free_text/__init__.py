"""What in a text that somebody wrote could show who a person is: found, never changed, never kept."""
