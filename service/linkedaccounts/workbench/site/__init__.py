"""A small static site that shows what the rules say, to people who do not read rule files: `policy docs`.

`rule_view`, `values_view` and `rule_map` turn a policy into what a page shows; `pages` renders; `write` writes.
"""
