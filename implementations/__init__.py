"""The mathematics: one file, one implementation. The folder is the registry."""

from implementations._contract import CostGradient as CostGradient
