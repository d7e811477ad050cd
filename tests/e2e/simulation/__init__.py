"""The whole suite under faults, reproducible from one seed: random days of two salons, a platform that repeats, reorders, delays
and loses, machines that die between any two effects, and a provider that refuses or never answers. What must hold is
checked over everything that was ever written (`rules.py`).

`python -m tests.e2e.simulation --seed N` replays one run and tells it.
"""
