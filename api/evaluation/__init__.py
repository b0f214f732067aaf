"""`paraglot eval`: how good a ranking or an encoder is, in numbers. Start reading at `paraglot.api.evaluation.task`.

    task.py        what a call asks for, from the files to a run and what it has over a baseline
    judged.py      a judged set in the BEIR layout: texts, queries, which text answers which query
    measure.py     index it, ask every query in every mode and language, measure the answers
    bitext.py      the same for an encoder alone: is a sentence's translation its nearest neighbour?
    run.py         what either of them gives: a value for every query, to keep and to read again
    statistics.py  means over cells and groups of cells, with bootstrap intervals
    compare.py     two runs, paired by query
    gate.py        ``--min``: the value that a run must reach
    report.py      tables and JSON; heat_map.py the picture

It lies in ``api/`` because it stands on both ``indexer/`` and ``search/`` and nothing of theirs needs it. No ranking
happens here: rankings come from `paraglot.search.engine.engine.Engine.rank`, measures from the package ir_measures.
"""
