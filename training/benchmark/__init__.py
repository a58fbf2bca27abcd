"""`python -m training benchmark`: what the reader costs beside the ways a team would use otherwise, in one run.

Every figure comes from a process of its own, so that peaks of memory do not add up and imports are paid by whoever
needs them. Ratios are of figures of the same run; a ratio to another day's figure says little on a busy machine.
"""
