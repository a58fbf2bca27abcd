"""The network (torch) and the shipped bundles. Runs from a checkout, is not part of the wheel."""
