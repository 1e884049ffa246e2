"""Real data that ships with a package: one file each, and the folder is the registry.

A module's docstring begins with one line that describes the data, and it defines

    load()    the Dataset, the same every time, without the network
"""
