"""The ways in and out over HTTP: the web form, the results, the API. They don't know one another."""
