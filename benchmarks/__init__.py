"""The harness, in the order of its imports: a part knows only those below it (tests/test_layers.py).

    __main__            python -m benchmarks: hands over to cli
    cli                 one file a command; options, console
    test_speed          the pytest-benchmark suite
    validate            does the method hold on this machine?
    machines            a run on every machine of a cluster
    compare             two versions to a verdict a cell
    report              a run as pictures, as Markdown and as a page
    export              a run in the formats of other tools, one file a format
    training            gradient descent with any implementation; a killed fit goes on
    schedule            what runs when: plan, cells, calibration, allocation, budget
    correctness         is it right? reference, bound, cases, gate
    statistics          samples to estimates, intervals, verdicts, growth, crossovers; the cost model
    machine             what this computer is, and the least time it allows
    worker              one process, both ends of the line
    operations          one file an operation: its inputs, exact answer, error bound, work
    problem             the arguments of a cell, exact arithmetic, workloads
    data                where X and Y come from
    results             what a run measures: records, files
    git                 git, undisturbed by the caller's environment
    registry            which implementations there are
    description         what a Python file says of itself
    format              numbers as people read them
    markdown            Markdown from any text
    cgroup              what a container or a job may use of the machine
    interrupt           Ctrl-C that no library can swallow
    errors              what a user can mend

Below all of them are the implementations, which know nothing of the harness.
"""

__version__ = "0.2.0.dev0"
