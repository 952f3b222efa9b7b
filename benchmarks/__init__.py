"""What `make bench` runs: the platform measured against the limits of the machine it runs on.

One module for each subject; every figure is the median of runs that take turns with the runs of its
base, so that a noisy minute touches both. Goals: benchmarks/README.md.
"""
