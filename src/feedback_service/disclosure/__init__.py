"""Disclosure control: what may leave a count, and the only place where raw counts are turned into it.

In the order of the story:

- `parameters`: the constants of a release.
- `sound`: a count that doesn't add up is refused before anything is drawn.
- `atoms`, `municipalities`: who is counted together, by n alone.
- `thresholds`, `noise`: the one draw. `make_thresholds` writes `thresholds.json`.
- `protect`: raw counts in, noisy atoms (`protected`) out; nothing after it can reach a raw count.
- `ledger`: the append-only chain that freezes them.
- `display`, `rows`, `release`: from noisy atoms to the file `feedback-release/1`.
- `shape`, `check`: what an auditor recomputes from the published file alone.
"""
