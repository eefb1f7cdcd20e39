"""Reports: what a release says about one region, in one language, as plain frozen values."""
