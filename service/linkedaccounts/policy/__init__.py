"""The rules engine's house: a pipeline from rule files to decisions, in modules named after its stages.

``read`` (YAML with places) → ``check`` (catalogue, rules, behaviour: every problem in one run) → ``compile`` (a
durable-rules network) → ``decide`` (which rules apply) → ``explain`` (why the others did not). ``load`` runs it all.
"""
