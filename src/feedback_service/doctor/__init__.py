"""Says what is wrong with an installation and what to do about it. Reads only, beside a running service.

`looking` reads facts, every check is a pure function from facts to a finding, `examine` puts them together.
"""
