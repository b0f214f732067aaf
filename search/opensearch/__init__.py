"""An index on an OpenSearch cluster: the same questions, answered by requests. Start at `snapshot`.

Lucene proposes candidates; their scores are made here, out of what is stored of each paragraph and of counts that the
cluster is asked for. `schema` says what a document has, `cluster` is the one place that knows the client.
"""
