"""Evaluation reports: what ships is scored through `Reader`, never through the training graph.

    python -m training evaluate --bundle models/ausblick-small --data FILE… -o REPORT --baselines --own-sentences
    python -m training compare REPORT_A REPORT_B
    python -m training tables REPORT --write README.md models/ausblick-small/README.md

A report is a folder:

    report.json      every figure, versioned; the structure is in `training/reports/build.py`
    report.md        the same as tables
    report.html      the same with pictures and errors to read; self-contained
    documents.jsonl  gold and prediction of every document, for `compare`
"""
