"""The mix: takes what waits in the spools, and stores it in an order that nobody arrived in."""
